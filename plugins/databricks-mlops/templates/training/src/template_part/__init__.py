"""Template part: rows parted by time, a model, and runs of MLflow."""
