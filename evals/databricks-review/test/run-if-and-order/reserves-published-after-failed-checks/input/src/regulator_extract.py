# Databricks notebook source
catalog = dbutils.widgets.get("catalog")
batch_date = dbutils.widgets.get("batch_date")

(
    spark.table(f"{catalog}.published.reserves")
    .select("claim_id", "reserve")
    .coalesce(1)
    .write.mode("overwrite")
    .option("header", True)
    .csv(f"/Volumes/{catalog}/outbound/regulator/{batch_date}")
)
