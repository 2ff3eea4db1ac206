"""Models and runs in MLflow: on an MLflow server of one's own, or on Databricks with Unity Catalog."""
