"""`train-model`."""
