# Databricks notebook source
import mlflow
from mlflow import MlflowClient
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import average_precision_score

catalog = dbutils.widgets.get("catalog")
name = f"{catalog}.triage.staged_claim"
features = ["claim_amount", "policy_age_days", "claims_last_3y", "reported_after_days", "third_party_count", "night"]
mlflow.set_registry_uri("databricks-uc")

# COMMAND ----------

train = spark.table(f"{catalog}.triage.training_claims").orderBy("claim_id").toPandas()
holdout = spark.table(f"{catalog}.triage.holdout_claims").orderBy("claim_id").toPandas()

# COMMAND ----------

with mlflow.start_run(run_name="triage-train") as run:
    model = RandomForestClassifier(n_estimators=400, min_samples_leaf=20, class_weight="balanced", random_state=731)
    model.fit(train[features], train["staged"])
    scores = model.predict_proba(holdout[features])[:, 1]
    mlflow.log_metric("average_precision", average_precision_score(holdout["staged"], scores))
    logged = mlflow.sklearn.log_model(model, name="model", registered_model_name=name)

# COMMAND ----------

MlflowClient().set_registered_model_alias(name, "champion", logged.registered_model_version)
