# Databricks notebook source
from pyspark.sql import functions as F

dbutils.widgets.text("catalog", "ads_dev")
catalog = dbutils.widgets.get("catalog")
restated_days = 3

# COMMAND ----------

first_day = spark.range(1).select(F.date_sub(F.current_date(), restated_days)).first()[0].isoformat()

clicks = spark.table(f"{catalog}.reports.attributed_clicks")
campaigns = spark.table(f"{catalog}.reference.campaigns").select("campaign_id", "time_zone")

# COMMAND ----------

hourly = (
    clicks.join(campaigns, "campaign_id")
    .withColumn("local_at", F.col("clicked_at"))
    .withColumn("report_day", F.to_date("local_at"))
    .where(F.col("report_day") >= F.lit(first_day).cast("date"))
    .groupBy("campaign_id", "report_day", F.hour("local_at").alias("report_hour"))
    .agg(F.count("*").alias("clicks"))
)

(
    hourly.write.mode("overwrite")
    .option("replaceWhere", f"report_day >= DATE'{first_day}'")
    .saveAsTable(f"{catalog}.reports.hourly_clicks")
)
