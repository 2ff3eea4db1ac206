"""Rules of the specialist `mlflow-expert`."""
