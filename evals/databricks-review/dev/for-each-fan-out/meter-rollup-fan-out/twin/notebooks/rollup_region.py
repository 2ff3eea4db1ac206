# Databricks notebook source
from pyspark.sql import functions as F

dbutils.widgets.text("region", "NL-NORTH", "Region")
catalog = dbutils.widgets.get("catalog")
region = dbutils.widgets.get("region")
first_day = dbutils.widgets.get("first_day")

# COMMAND ----------

daily = (
    spark.table(f"{catalog}.staging.due_readings")
    .where(F.col("region") == region)
    .groupBy("region", "meter_id", F.to_date("read_at").alias("usage_date"))
    .agg(F.sum("kwh").alias("kwh"))
)

# COMMAND ----------

(
    daily.write.mode("overwrite")
    .option("replaceWhere", f"region = '{region}' AND usage_date >= DATE'{first_day}'")
    .saveAsTable(f"{catalog}.rollup.daily_usage")
)
