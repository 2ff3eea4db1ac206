"""`batch-inference`."""
