# Databricks notebook source
catalog = dbutils.widgets.get("catalog")
basin = dbutils.widgets.get("basin")

# COMMAND ----------

known = spark.sql(
    "SELECT gauge_id FROM IDENTIFIER(:gauges) WHERE basin = :basin AND retired_on IS NULL",
    args={"gauges": f"{catalog}.core.gauges", "basin": basin},
)
gauges = [row.gauge_id for row in known.collect()]
if not gauges:
    raise ValueError(f"basin {basin!r} has no gauges; start the job with the name of a basin")

dbutils.jobs.taskValues.set(key="gauges", value=gauges)
