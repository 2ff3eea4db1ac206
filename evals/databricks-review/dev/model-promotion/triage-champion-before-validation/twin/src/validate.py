# Databricks notebook source
# Lets the newest version replace the champion only if it is better on the current holdout.
import mlflow
from mlflow import MlflowClient
from sklearn.metrics import average_precision_score, recall_score

catalog = dbutils.widgets.get("catalog")
name = f"{catalog}.triage.staged_claim"
features = ["claim_amount", "policy_age_days", "claims_last_3y", "reported_after_days", "third_party_count", "night"]
mlflow.set_registry_uri("databricks-uc")
client = MlflowClient()

MINIMUM = 0.60  # share of the staged claims that must be found

# COMMAND ----------

versions = client.search_model_versions(f"name = '{name}'")
candidate = max(int(version.version) for version in versions)
champion = client.get_model_version_by_alias(name, "champion")

# COMMAND ----------

holdout = spark.table(f"{catalog}.triage.holdout_claims").orderBy("claim_id").toPandas()
model = mlflow.sklearn.load_model(f"models:/{name}/{candidate}")
scores = model.predict_proba(holdout[features])[:, 1]

candidate_ap = average_precision_score(holdout["staged"], scores)
champion_model = mlflow.sklearn.load_model(f"models:/{name}@champion")
champion_ap = average_precision_score(holdout["staged"], champion_model.predict_proba(holdout[features])[:, 1])
good_enough = recall_score(holdout["staged"], scores >= 0.5) >= MINIMUM

# COMMAND ----------

client.set_model_version_tag(name, str(candidate), "holdout_average_precision", f"{candidate_ap:.4f}")
accepted = good_enough and candidate_ap > champion_ap
client.set_model_version_tag(name, str(candidate), "validation", "accepted" if accepted else "refused")
if accepted:
    client.set_registered_model_alias(name, "champion", str(candidate))
print(f"version {candidate}: {candidate_ap:.3f} against {champion_ap:.3f}, {'accepted' if accepted else 'refused'}")
