-- Databricks notebook source
-- MAGIC %md
-- MAGIC # Status one month ago and now
-- MAGIC For the claims team, on the first of each month. The table keeps 35 days.

-- COMMAND ----------

CREATE OR REPLACE TABLE post.claims.status_compared AS
SELECT
  coalesce(newer.parcel_id, older.parcel_id) AS parcel_id,
  older.status AS status_before,
  newer.status AS status_now
FROM (SELECT * FROM post.tracking.parcels TIMESTAMP AS OF date_sub(current_date(), 31)) AS older
FULL OUTER JOIN post.tracking.parcels AS newer
  ON newer.parcel_id = older.parcel_id
WHERE older.status IS DISTINCT FROM newer.status;

-- COMMAND ----------

GRANT SELECT ON TABLE post.claims.status_compared TO `claims-team`;
