# Databricks notebook source
# Writes the worklist of the coming week: the two hundred open claims with the highest score.
import mlflow
from pyspark.sql import functions as F

catalog = dbutils.widgets.get("catalog")
name = f"{catalog}.triage.staged_claim"
features = ["claim_amount", "policy_age_days", "claims_last_3y", "reported_after_days", "third_party_count", "night"]
mlflow.set_registry_uri("databricks-uc")

# COMMAND ----------

model = mlflow.sklearn.load_model(f"models:/{name}@champion")

# COMMAND ----------

claims = spark.table(f"{catalog}.triage.open_claims").toPandas()
claims["score"] = model.predict_proba(claims[features])[:, 1]
worklist = claims.nlargest(200, "score")[["claim_id", "score"]]

# COMMAND ----------

(
    spark.createDataFrame(worklist)
    .withColumn("written_at", F.current_timestamp())
    .write.mode("overwrite")
    .saveAsTable(f"{catalog}.triage.worklist")
)
