"""`run-hyperparameter-tuning`."""
