-- Databricks notebook source
-- MAGIC %md
-- MAGIC # Erasure
-- MAGIC Runs every night before the upkeep. A person who asks must be gone from all our tables and files within 30 days.

-- COMMAND ----------

DELETE FROM utility.crm.persons
WHERE person_id IN (
  SELECT person_id FROM utility.crm.erasure_requests WHERE done_on IS NULL
);

-- COMMAND ----------

REORG TABLE utility.crm.persons APPLY (PURGE);

-- COMMAND ----------

DELETE FROM utility.crm.mailing_list
WHERE person_id IN (
  SELECT person_id FROM utility.crm.erasure_requests WHERE done_on IS NULL
);

-- COMMAND ----------

UPDATE utility.crm.erasure_requests
SET done_on = current_date()
WHERE done_on IS NULL;
