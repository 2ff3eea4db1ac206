-- Databricks notebook source
-- MAGIC %md
-- MAGIC # Nightly upkeep
-- MAGIC Predictive optimization is off for this catalog. Loads and dashboards run day and night.

-- COMMAND ----------

OPTIMIZE utility.billing.bills ZORDER BY (meter_id);

-- COMMAND ----------

OPTIMIZE utility.crm.persons;

-- COMMAND ----------

VACUUM utility.billing.bills;

-- COMMAND ----------

VACUUM utility.crm.persons;

-- COMMAND ----------

VACUUM utility.crm.mailing_list;

-- COMMAND ----------

SET spark.databricks.delta.retentionDurationCheck.enabled = false;

-- COMMAND ----------

VACUUM utility.metering.readings RETAIN 0 HOURS;
