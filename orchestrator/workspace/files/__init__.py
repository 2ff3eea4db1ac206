"""Notebooks and files of the workspace and of DBFS."""
