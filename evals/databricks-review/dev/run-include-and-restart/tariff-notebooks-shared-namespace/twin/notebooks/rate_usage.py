# Databricks notebook source
# MAGIC %md
# MAGIC # Rate the calls of one month
# MAGIC `billing_month` is `YYYY-MM`, a UTC month by the tariff conditions; empty means the month before today.

# COMMAND ----------

dbutils.widgets.text("env", "dev", "Environment")
dbutils.widgets.text("billing_month", "", "Billing month")
dbutils.widgets.text("tariff_book", "", "Tariff book")
dbutils.widgets.text("currency", "EUR", "Currency")

env = dbutils.widgets.get("env")
tariff_book = dbutils.widgets.get("tariff_book")

# COMMAND ----------

# MAGIC %run ./_settings

# COMMAND ----------

from datetime import date, timedelta

from pyspark.sql import functions as F

last_month = (date.today().replace(day=1) - timedelta(days=1)).strftime("%Y-%m")
billing_month = dbutils.widgets.get("billing_month") or last_month
year, month = (int(part) for part in billing_month.split("-"))

# COMMAND ----------

calls = spark.table(table("usage.calls")).where((F.year("started_at") == year) & (F.month("started_at") == month))
tariffs = spark.table(table("catalogue.tariffs")).where(
    (F.col("book") == tariff_book) & (F.col("currency") == dbutils.widgets.get("currency"))
)

# COMMAND ----------

rated = (
    calls.join(tariffs, ["plan_id", "destination_class"], "left")
    .withColumn("billing_month", F.lit(billing_month))
    .withColumn("billed_seconds", F.ceil(F.col("seconds") / F.col("step_seconds")) * F.col("step_seconds"))
    .withColumn("price", F.col("billed_seconds") * F.col("price_per_second"))
    .select("billing_month", "call_id", "subscriber_id", "billed_seconds", "price")
)

if not rated.where("price IS NULL").isEmpty():
    raise ValueError(f"tariff book {tariff_book!r} has no price for some calls of {billing_month}")

(
    rated.write.mode("overwrite")
    .option("replaceWhere", f"billing_month = '{billing_month}'")
    .saveAsTable(table("rating.rated_calls"))
)
dbutils.jobs.taskValues.set(key="billing_month", value=billing_month)
