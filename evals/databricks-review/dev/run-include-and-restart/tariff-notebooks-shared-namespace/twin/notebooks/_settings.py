# Databricks notebook source
# Names that every billing notebook needs. Open it on its own to look at a catalog.

# COMMAND ----------

dbutils.widgets.text("env", "dev", "Environment")
env = dbutils.widgets.get("env")
catalogs = {"dev": "billing_dev", "staging": "billing_staging", "prod": "billing"}

# COMMAND ----------

def table(name: str) -> str:
    """Full name of a billing table in the chosen environment."""
    return f"{catalogs[env]}.{name}"
