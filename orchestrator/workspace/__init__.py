"""Databricks and MLflow as the servers and the reviews see them, and the sandbox that stands in for both."""
