# Databricks notebook source
catalog = dbutils.widgets.get("catalog")

row = spark.sql(f"""
  SELECT COUNT(*) AS claims, COUNT_IF(reserve IS NULL) AS unvalued
  FROM {catalog}.claims.reserves
""").collect()[0]

# COMMAND ----------

dbutils.jobs.taskValues.set(key="unvalued_share", value=row.unvalued / max(row.claims, 1))

if row.claims == 0 or row.unvalued > 0.05 * row.claims:
    raise ValueError(f"reserves refused: {row.claims} claims, {row.unvalued} without an estimate")
