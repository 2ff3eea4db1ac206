# Databricks notebook source
# Names that every billing notebook needs. Open it on its own to look at a catalog.

# COMMAND ----------

env = "dev"
catalogs = {"dev": "billing_dev", "staging": "billing_staging", "prod": "billing"}

# COMMAND ----------

def table(name: str) -> str:
    """Full name of a billing table in the chosen environment."""
    return f"{catalogs[env]}.{name}"
