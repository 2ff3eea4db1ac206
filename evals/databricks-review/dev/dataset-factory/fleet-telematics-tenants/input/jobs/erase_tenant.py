# Databricks notebook source
# MAGIC %md
# MAGIC Erases one tenant from the feeds or from the trips. Deletes in a streaming table are allowed from outside of its pipeline; its readers skip them.

# COMMAND ----------

dbutils.widgets.text("catalog", "fleet_dev")
dbutils.widgets.text("tenant_id", "")
dbutils.widgets.dropdown("layer", "feeds", ["feeds", "trips"])
catalog = dbutils.widgets.get("catalog")
tenant_id = dbutils.widgets.get("tenant_id")
if not tenant_id:
    raise ValueError("tenant_id is empty, name the tenant to erase")

# COMMAND ----------

vendors = [row.vendor for row in spark.sql("SELECT vendor FROM IDENTIFIER(:t)", args={"t": f"{catalog}.ingest.vendors"}).collect()]
prefix = {"feeds": "ingest.feed", "trips": "telematics.trips"}[dbutils.widgets.get("layer")]
tables = [f"{catalog}.{prefix}_{vendor}" for vendor in vendors]

for table in tables:
    spark.sql("DELETE FROM IDENTIFIER(:t) WHERE tenant_id = :tenant", args={"t": table, "tenant": tenant_id})
