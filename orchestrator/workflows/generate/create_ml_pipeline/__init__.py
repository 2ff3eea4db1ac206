"""`create-ml-pipeline`."""
