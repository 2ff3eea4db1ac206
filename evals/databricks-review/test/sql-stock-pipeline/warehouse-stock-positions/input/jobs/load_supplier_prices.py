# Databricks notebook source
# MAGIC %md
# MAGIC Full price list of all suppliers, every morning. One row for each article and supplier;
# MAGIC purchasing marks exactly one supplier of an article as preferred.

# COMMAND ----------

from pyspark.sql import functions as F

dbutils.widgets.text("catalog", "logistics_dev")
catalog = dbutils.widgets.get("catalog")

# COMMAND ----------

prices = (
    spark.read.schema("sku STRING, supplier_id STRING, unit_price DECIMAL(12, 4), is_preferred BOOLEAN")
    .option("header", "true")
    .csv(f"/Volumes/{catalog}/landing/price_list/current.csv")
    .where("sku IS NOT NULL AND supplier_id IS NOT NULL")
    .withColumn("loaded_at", F.current_timestamp())
)

prices.write.mode("overwrite").saveAsTable(f"{catalog}.landing.supplier_prices")
