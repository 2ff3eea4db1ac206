# Databricks notebook source
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

STORE_ZONE = ZoneInfo("America/Los_Angeles")

# COMMAND ----------

started = dbutils.widgets.get("started")
business_date = datetime.fromisoformat(started).replace(tzinfo=UTC).astimezone(STORE_ZONE).date()

# COMMAND ----------

catalog = dbutils.widgets.get("catalog")
opened_at = datetime.now(UTC).astimezone(STORE_ZONE)

still_open = spark.sql(
    "SELECT DISTINCT store_id FROM IDENTIFIER(:tills) WHERE state = 'OPEN' ORDER BY store_id",
    args={"tills": f"{catalog}.till.till_state"},
)
open_stores = [row.store_id for row in still_open.collect()]

# COMMAND ----------

dbutils.jobs.taskValues.set(key="business_date", value=business_date.isoformat())
if open_stores:
    raise RuntimeError(f"{opened_at:%H:%M} local: {business_date} waits for the tills of {', '.join(open_stores)}")
