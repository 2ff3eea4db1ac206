# Databricks notebook source
# MAGIC %md
# MAGIC Refresh of the shop's tables.

# COMMAND ----------

@@IMPORTS@@

# COMMAND ----------

# DBTITLE 1,The step
@@HERE@@

# COMMAND ----------

# MAGIC %md
# MAGIC The end.
