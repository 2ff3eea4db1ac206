# Databricks notebook source
# MAGIC %md
# MAGIC Loads archived order files again, day by day, then starts the nightly job for the days.

# COMMAND ----------

# MAGIC %run ./_settings

# COMMAND ----------

import requests
from pyspark.sql.functions import *

from customer_360 import schemas

dbutils.widgets.text("days", "2026-10-30,2026-10-31")
days = dbutils.widgets.get("days").split(",")
archive = f"/Volumes/{catalog}/bronze/landing/archive/orders"

# COMMAND ----------

# DBTITLE 1,Load
files = (
    spark.read.schema(schemas.ORDERS)
    .json([f"{archive}/{day}" for day in days])
    .select("*", col("_metadata.file_path").alias("_source_file"), current_timestamp().alias("_ingested_at"))
)
files.write.mode("append").saveAsTable(f"{catalog}.bronze.orders")

# COMMAND ----------

# DBTITLE 1,What did we load
counts = files.groupBy(to_date("ordered_at").alias("day")).agg(count("*").alias("orders"))
per_day = {row["day"]: row["orders"] for row in counts.limit(100).collect()}
busiest = max(per_day, key=per_day.get)
print(f"{len(per_day)} days, most orders on {busiest}")

# COMMAND ----------

# DBTITLE 1,Rebuild
for day in days:
    response = requests.post(
        "https://c360-prod.databricks.example.com/api/2.2/jobs/run-now",
        headers={"Authorization": "Bearer dapi151a5e4c953afddb1d14cda764a34f16"},
        json={"job_id": 418203977516, "job_parameters": {"run_date": day}},
        timeout=30,
    )
    response.raise_for_status()
