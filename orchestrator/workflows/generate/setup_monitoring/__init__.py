"""`setup-monitoring`."""
