# Databricks notebook source
import mlflow
import requests
from pyspark.sql import functions as F

mlflow.set_registry_uri("databricks-uc")
month = dbutils.widgets.get("month")
NOTIFY_URL = "https://hooks.verdeclub.example/retention"
NOTIFY_KEY = "vc-hook-river-oak-lantern-0417"

# COMMAND ----------

model = mlflow.sklearn.load_model("models:/club.models.churn@champion")
version = mlflow.tracking.MlflowClient().get_model_version_by_alias("club.models.churn", "champion").version
of_month = spark.table("club.features.member_month").where(F.col("month") == F.lit(month).cast("date"))
members = of_month.where("profiling_consent").toPandas()
members["score"] = model.predict_proba(members[list(model.feature_names_in_)])[:, 1]
members["model_version"] = version

# COMMAND ----------

at_risk = members.sort_values("score", ascending=False).head(50)
print(at_risk[["email", "full_name", "score"]].to_string())

# COMMAND ----------

scored = spark.createDataFrame(members[["member_id", "month", "score", "model_version"]])
scored.createOrReplaceTempView("scored")
spark.sql("""
    MERGE INTO club.scores.churn AS t
    USING scored AS s ON t.member_id = s.member_id AND t.month = s.month
    WHEN MATCHED THEN UPDATE SET *
    WHEN NOT MATCHED THEN INSERT *
""")

# COMMAND ----------

requests.post(
    NOTIFY_URL,
    headers={"X-Hook-Key": NOTIFY_KEY},
    json={"month": month, "scored": len(members)},
    timeout=30,
).raise_for_status()
