# Databricks notebook source
# Functions only: running this notebook reads nothing, writes nothing and sets no other name.
from pyspark.sql import Column
from pyspark.sql import functions as F

# COMMAND ----------

def plausible(moisture: Column) -> Column:
    """Volumetric water content is a share between 0 and 1."""
    return moisture.between(0, 1)


def full_name(catalog: str, table: str) -> str:
    """Three-level name of a table."""
    return f"{catalog}.field.{table}"
