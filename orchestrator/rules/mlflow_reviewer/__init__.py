"""Rules of the specialist `mlflow-reviewer`."""
