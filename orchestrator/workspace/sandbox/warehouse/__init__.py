"""Statements of the sandbox: SQL of Databricks, answered by DuckDB over tables of the seed and system tables."""
