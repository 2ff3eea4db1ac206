# Databricks notebook source
# Opens the new figures to the market only if every region is there.
catalog = dbutils.widgets.get("catalog")

# COMMAND ----------

last_day = dbutils.jobs.taskValues.get(taskKey="plan", key="last_day", debugValue="2026-01-31")
expected = dbutils.jobs.taskValues.get(taskKey="plan", key="regions_total", default=0, debugValue=4)
done = spark.sql(f"""
  SELECT COUNT(DISTINCT region) AS regions
  FROM {catalog}.rollup.daily_usage
  WHERE usage_date = DATE'{last_day}'
""").first().regions

if done < expected:
    raise RuntimeError(f"{done} of {expected} regions are rolled up")

# COMMAND ----------

spark.sql(f"""
  MERGE INTO {catalog}.market.releases AS t
  USING (SELECT DATE'{last_day}' AS usage_date) AS s
  ON t.usage_date = s.usage_date
  WHEN NOT MATCHED THEN INSERT (usage_date, released_at) VALUES (s.usage_date, current_timestamp())
""")
