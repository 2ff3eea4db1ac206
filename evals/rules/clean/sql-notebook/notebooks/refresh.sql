-- Databricks notebook source
-- MAGIC %md
-- MAGIC Refresh of the shop's tables.

@@EACH@@
-- COMMAND ----------

@@HERE@@

@@END@@
