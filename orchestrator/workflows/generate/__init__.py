"""Commands that write files and validate them: one folder a command, found by its place."""
