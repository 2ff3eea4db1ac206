# Databricks notebook source
# MAGIC %md
# MAGIC Last step of the nightly job: check `gold.customer_360`, then tell the catalog that it is fresh.

# COMMAND ----------

# MAGIC %run ./_settings

# COMMAND ----------

from datetime import date, timedelta

from customer_360.config import Config
from customer_360.quality import QualityError, check_table, record_results

dbutils.widgets.text("process_date", "")
day = dbutils.widgets.get("process_date")
run_date = date.fromisoformat(day) if day else date.today() - timedelta(days=1)
config = Config(catalog=catalog, run_date=run_date)

# COMMAND ----------

# DBTITLE 1,Check
LIMITS = {"person_id": 0.0, "country": 0.0, "segment": 0.4, "churn_score": 0.5}
customers = spark.table(f"{config.catalog}.gold.customer_360")

try:
    observed = check_table(customers, ["person_id"], LIMITS)
    record_results(spark, config, "customer_360", observed)
except QualityError:
    print(f"customer_360 is not published for {run_date}")
    raise

# COMMAND ----------

# DBTITLE 1,Statistics for the readers
# MAGIC %sql
# MAGIC ANALYZE TABLE gold.customer_360 COMPUTE DELTA STATISTICS

# COMMAND ----------

latest = spark.sql(f"DESCRIBE HISTORY {config.catalog}.gold.customer_360 LIMIT 1").collect()[0]
dbutils.notebook.exit(f"published version {latest['version']} for {run_date}")
