# Databricks notebook source
# Collects the readings of the last 35 days, because meters report up to five weeks late, and names the regions.
# Days are UTC days by the operator's rule; midnight may pass during a run, so the days are fixed here.
catalog = dbutils.widgets.get("catalog")
days = spark.sql("SELECT date_sub(current_date(), 35) AS first_day, date_sub(current_date(), 1) AS last_day").first()

# COMMAND ----------

spark.sql(f"""
  INSERT OVERWRITE {catalog}.staging.due_readings
  SELECT m.region, r.meter_id, r.read_at, r.kwh
  FROM {catalog}.raw.readings AS r
  JOIN {catalog}.core.meters AS m ON m.meter_id = r.meter_id
  WHERE r.read_at >= DATE'{days.first_day}'
""")

# COMMAND ----------

regions = [row.region for row in spark.table(f"{catalog}.core.regions").select("region").collect()]
dbutils.jobs.taskValues.set(key="regions", value=regions)
dbutils.jobs.taskValues.set(key="region_count", value=len(regions))
dbutils.jobs.taskValues.set(key="first_day", value=days.first_day.isoformat())
dbutils.jobs.taskValues.set(key="last_day", value=days.last_day.isoformat())
