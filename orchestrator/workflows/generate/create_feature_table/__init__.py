"""`create-feature-table`."""
