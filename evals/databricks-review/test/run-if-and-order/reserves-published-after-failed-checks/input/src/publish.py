# Databricks notebook source
catalog = dbutils.widgets.get("catalog")

spark.sql(f"""
  CREATE OR REPLACE TABLE {catalog}.published.reserves AS
  SELECT claim_id, reserve, current_timestamp() AS published_at FROM {catalog}.claims.reserves
""")
