"""Rules of the specialist `pytest-databricks`."""
