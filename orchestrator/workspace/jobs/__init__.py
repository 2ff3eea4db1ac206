"""Jobs of the workspace and their runs: what is set, what ran, and how it went."""
