"""Statements of the sandbox: SQL of Databricks, answered by DuckDB over the tables of the seed and the system tables."""
