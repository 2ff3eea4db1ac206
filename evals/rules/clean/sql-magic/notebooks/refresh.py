# Databricks notebook source
import datetime

started = datetime.datetime.now(datetime.UTC)

@@EACH@@
# COMMAND ----------

# MAGIC %sql
# MAGIC @@HERE@@

@@END@@
# COMMAND ----------

elapsed = datetime.datetime.now(datetime.UTC) - started
