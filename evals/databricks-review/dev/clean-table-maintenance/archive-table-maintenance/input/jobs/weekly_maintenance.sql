-- Databricks notebook source
-- MAGIC %md
-- MAGIC # Weekly maintenance
-- MAGIC Sunday 02:00, when the hourly load is paused by its schedule.

-- COMMAND ----------

OPTIMIZE post.tracking.parcels;

-- COMMAND ----------

OPTIMIZE post.archive.scans
WHERE scan_month >= date_format(add_months(current_date(), -1), 'yyyy-MM')
ZORDER BY (parcel_id);

-- COMMAND ----------

-- MAGIC %md
-- MAGIC What would go? Up to a thousand of the files are listed in the run before anything is removed.

-- COMMAND ----------

VACUUM post.archive.scans RETAIN 240 HOURS DRY RUN;

-- COMMAND ----------

VACUUM post.archive.scans RETAIN 240 HOURS;

-- COMMAND ----------

VACUUM post.tracking.parcels;
