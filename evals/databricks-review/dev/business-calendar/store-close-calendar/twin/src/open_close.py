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

missing = spark.sql(
    "SELECT s.store_id FROM IDENTIFIER(:stores) s LEFT ANTI JOIN IDENTIFIER(:tills) t ON t.store_id = s.store_id AND t.business_date = :day",
    args={"stores": f"{catalog}.core.stores", "tills": f"{catalog}.till.day_end", "day": business_date},
)
missing_ids = [row.store_id for row in missing.collect()]

# COMMAND ----------

dbutils.jobs.taskValues.set(key="business_date", value=business_date.isoformat())
if missing_ids:
    raise RuntimeError(f"{opened_at:%H:%M} local: {business_date} waits for the day end of {', '.join(missing_ids)}")
