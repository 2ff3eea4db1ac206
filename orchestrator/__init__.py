"""Review and automation of Databricks work by specialist agents."""

__version__ = "0.1.0"
