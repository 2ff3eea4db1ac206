# Databricks notebook source
# MAGIC %md
# MAGIC # Score all households
# MAGIC Every household gets the newest features at or before `as_of`. The day of `as_of` (UTC) is the key of a night, also when a run is repaired.

# COMMAND ----------

import mlflow
from mlflow import MlflowClient
from pyspark.sql import Window
from pyspark.sql import functions as F

dbutils.widgets.text("catalog", "advice_dev")
dbutils.widgets.text("as_of", "2026-11-01T03:20:00")
catalog = dbutils.widgets.get("catalog")
as_of = F.lit(dbutils.widgets.get("as_of")).cast("timestamp")

MODEL = f"{catalog}.models.heat_pump"
mlflow.set_registry_uri("databricks-uc")

# COMMAND ----------

version = MlflowClient().get_model_version_by_alias(MODEL, "champion").version
predict = mlflow.pyfunc.spark_udf(spark, f"models:/{MODEL}/{version}", result_type="double", env_manager="virtualenv")
columns = mlflow.pyfunc.load_model(f"models:/{MODEL}/{version}").metadata.get_input_schema().input_names()

# COMMAND ----------

newest_first = Window.partitionBy("household_id").orderBy(F.desc("computed_at"))
features = (
    spark.table(f"{catalog}.features.household_profile")
    .where(F.col("computed_at") <= as_of)
    .withColumn("position", F.row_number().over(newest_first))
    .where("position = 1")
    .drop("position")
)

# COMMAND ----------

scored = features.select(
    "household_id",
    F.to_date(as_of).alias("night"),
    predict(F.struct(*columns)).alias("score"),
    F.lit(version).alias("model_version"),
    "computed_at",
)
scored.createOrReplaceTempView("scored")

spark.sql(f"""
  MERGE INTO {catalog}.advice.scores AS t
  USING scored AS s
  ON t.household_id = s.household_id AND t.night = s.night
  WHEN MATCHED THEN UPDATE SET *
  WHEN NOT MATCHED THEN INSERT *
""")

# COMMAND ----------

counts = spark.sql(
    "SELECT COUNT(*) AS rows, COUNT_IF(score IS NULL OR score NOT BETWEEN 0 AND 1) AS bad FROM IDENTIFIER(:scores) WHERE night = CAST(:as_of AS DATE)",
    args={"scores": f"{catalog}.advice.scores", "as_of": dbutils.widgets.get("as_of")[:10]},
).collect()[0]

if counts.rows == 0 or counts.bad:
    raise ValueError(f"{counts.rows} households scored, {counts.bad} without a usable score")
