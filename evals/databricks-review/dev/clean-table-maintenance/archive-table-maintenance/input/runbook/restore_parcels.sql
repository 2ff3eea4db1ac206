-- Databricks notebook source
-- MAGIC %md
-- MAGIC # Restore parcels
-- MAGIC By hand, with a second person, after a load that went wrong. Pause the hourly job first.
-- MAGIC 1. Find the last good version in the history.
-- MAGIC 2. Keep what is there now as a clone, for the investigation.
-- MAGIC 3. Go back.

-- COMMAND ----------

DECLARE OR REPLACE VARIABLE good_version INT DEFAULT CAST(:good_version AS INT);

-- COMMAND ----------

DESCRIBE HISTORY post.tracking.parcels;

-- COMMAND ----------

CREATE TABLE post.tracking.parcels_before_restore DEEP CLONE post.tracking.parcels;

-- COMMAND ----------

EXECUTE IMMEDIATE 'RESTORE TABLE post.tracking.parcels TO VERSION AS OF ' || good_version;

-- COMMAND ----------

SELECT status, count(*) AS parcels
FROM post.tracking.parcels
GROUP BY status
ORDER BY parcels DESC;
