# Databricks notebook source
from pyspark.sql import functions as F

dbutils.widgets.text("catalog", "energy_dev")
catalog = dbutils.widgets.get("catalog")
base = f"/Volumes/{catalog}/meters"

# COMMAND ----------

files = (
    spark.readStream.format("cloudFiles")
    .option("cloudFiles.format", "csv")
    .option("header", "true")
    .option("cloudFiles.schemaLocation", f"{base}/state/readings/schema")
    .option("cloudFiles.schemaHints", "meter_id STRING, read_at STRING, kwh DECIMAL(12, 3), quality STRING")
    .option("cloudFiles.schemaEvolutionMode", "rescue")
    .option("cloudFiles.allowOverwrites", "true")
    .option("cloudFiles.maxFilesPerTrigger", 2000)
    .load(f"{base}/landing/readings")
)

# COMMAND ----------

readings = files.select(
    "meter_id",
    F.try_to_timestamp("read_at", F.lit("yyyy-MM-dd HH:mm:ss")).alias("read_at"),
    F.col("read_at").alias("read_at_text"),
    "kwh",
    "quality",
    "_rescued_data",
    F.col("_metadata.file_path").alias("file_path"),
    F.col("_metadata.file_modification_time").alias("file_modified_at"),
).drop("_rescued_data")

# COMMAND ----------

query = (
    readings.writeStream.queryName("meter_readings")
    .option("checkpointLocation", f"{base}/state/readings/checkpoint")
    .trigger(availableNow=True)
    .toTable(f"{catalog}.meters.readings")
)
query.awaitTermination()
