"""Rules of the specialist `hyperparameter-optimizer`."""
