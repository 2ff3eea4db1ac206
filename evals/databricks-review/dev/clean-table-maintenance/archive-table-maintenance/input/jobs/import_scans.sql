-- Databricks notebook source
-- MAGIC %md
-- MAGIC # Monthly import of scans
-- MAGIC The month comes as `:scan_month` (yyyy-MM) from the job. A second run of a month gives the same archive.

-- COMMAND ----------

TRUNCATE TABLE post.staging.scan_import;

-- COMMAND ----------

INSERT INTO post.staging.scan_import (scan_id, parcel_id, depot, scanned_at)
SELECT scan_id, parcel_id, depot, scanned_at
FROM read_files(
  '/Volumes/post/landing/scans/' || :scan_month || '/',
  format => 'parquet',
  schema => 'scan_id STRING, parcel_id STRING, depot INT, scanned_at TIMESTAMP'
);

-- COMMAND ----------

-- MAGIC %md
-- MAGIC Scanners send a scan up to three times; the copies are equal. A delivery also holds late scans of the months before: those are
-- MAGIC imported by a run for their month, which reads the folder that depot staff prepared for it.

-- COMMAND ----------

INSERT INTO post.archive.scans
REPLACE WHERE scan_month = :scan_month
SELECT DISTINCT scan_id, parcel_id, depot, scanned_at, :scan_month AS scan_month
FROM post.staging.scan_import
WHERE date_format(scanned_at, 'yyyy-MM') = :scan_month;
