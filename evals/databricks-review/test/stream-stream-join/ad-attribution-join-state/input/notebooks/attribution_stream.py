# Databricks notebook source
# MAGIC %md
# MAGIC Attributes clicks to impressions. Both raw tables are append-only; SDKs repeat a message until it is acknowledged.

# COMMAND ----------

from pyspark.sql import functions as F

dbutils.widgets.text("catalog", "ads_dev")
catalog = dbutils.widgets.get("catalog")

# COMMAND ----------

spark.conf.set(
    "spark.sql.streaming.stateStore.providerClass",
    "com.databricks.sql.streaming.state.RocksDBStateStoreProvider",
)
spark.conf.set("spark.sql.streaming.multipleWatermarkPolicy", "max")

# COMMAND ----------

impressions = (
    spark.readStream.table(f"{catalog}.raw.impressions")
    .select("impression_id", "campaign_id", "publisher_id", "shown_at")
    .withWatermark("shown_at", "2 hours")
    .dropDuplicates(["impression_id"])
)

# COMMAND ----------

clicks = (
    spark.readStream.table(f"{catalog}.raw.clicks")
    .select("click_id", F.col("impression_id").alias("clicked_impression_id"), "clicked_at")
    .withColumn("received_at", F.current_timestamp())
    .withWatermark("received_at", "2 hours")
    .dropDuplicatesWithinWatermark(["click_id"])
)

# COMMAND ----------

attributed = clicks.join(
    impressions,
    on=F.expr("clicked_impression_id = impression_id"),
    how="inner",
).select("click_id", "impression_id", "campaign_id", "publisher_id", "shown_at", "clicked_at")

(
    attributed.writeStream.queryName("attribution")
    .outputMode("append")
    .option("checkpointLocation", f"/Volumes/{catalog}/reports/checkpoints/attributed_clicks")
    .trigger(processingTime="1 minute")
    .toTable(f"{catalog}.reports.attributed_clicks")
)
