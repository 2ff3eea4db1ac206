-- Databricks notebook source
-- MAGIC %md
-- MAGIC # Nightly upkeep
-- MAGIC Predictive optimization is off for this catalog. Loads and dashboards run day and night.

-- COMMAND ----------

OPTIMIZE utility.billing.bills;

-- COMMAND ----------

OPTIMIZE utility.crm.persons;

-- COMMAND ----------

VACUUM utility.billing.bills;

-- COMMAND ----------

VACUUM utility.crm.persons;

-- COMMAND ----------

VACUUM utility.crm.mailing_list;

-- COMMAND ----------

VACUUM utility.metering.readings;
