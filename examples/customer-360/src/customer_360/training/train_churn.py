# Databricks notebook source
# MAGIC %md
# MAGIC # Churn training
# MAGIC A person has churned when there is no order in the 90 days after the snapshot.

# COMMAND ----------

# MAGIC %pip install mlflow==3.8.1 scikit-learn==1.7.2

# COMMAND ----------

dbutils.library.restartPython()

# COMMAND ----------

# DBTITLE 1,Parameters
import mlflow
from mlflow import MlflowClient
from pyspark.sql import functions as F
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

dbutils.widgets.text("catalog", "c360_dev")
dbutils.widgets.text("max_rows", "200000")
catalog = dbutils.widgets.get("catalog")
max_rows = int(dbutils.widgets.get("max_rows"))

FEATURES = ["recency_days", "order_count", "value"]
MODEL_NAME = f"{catalog}.ml.customer_churn"

mlflow.set_registry_uri("databricks-uc")
mlflow.set_experiment("/Shared/customer-360/churn")

# COMMAND ----------

# DBTITLE 1,Training data
history = spark.table(f"{catalog}.gold.segment_history")
orders = spark.table(f"{catalog}.silver.orders").join(
    spark.table(f"{catalog}.silver.person_customers"), "customer_id"
)
returned = history.join(orders, "person_id").filter(
    "order_date > snapshot_date AND order_date <= date_add(snapshot_date, 90)"
)
labelled = (
    history.filter("snapshot_date <= date_sub(current_date(), 90)")
    .join(
        returned.select("person_id", "snapshot_date", F.lit(0).alias("churned")).distinct(),
        ["person_id", "snapshot_date"],
        "left",
    )
    .fillna({"churned": 1})
    .select("churned", *FEATURES)
)
data = labelled.orderBy(F.rand(seed=360)).limit(max_rows).toPandas()

# COMMAND ----------

# DBTITLE 1,Train
X_train, X_test, y_train, y_test = train_test_split(
    data[FEATURES], data["churned"], test_size=0.2, stratify=data["churned"], random_state=360
)

with mlflow.start_run(run_name="baseline"):
    baseline = DummyClassifier(strategy="prior").fit(X_train, y_train)
    mlflow.log_metric("auc", roc_auc_score(y_test, baseline.predict_proba(X_test)[:, 1]))
    mlflow.sklearn.log_model(baseline, artifact_path="baseline", input_example=X_train.head(5))

with mlflow.start_run(run_name="boosting") as run:
    model = make_pipeline(StandardScaler(), HistGradientBoostingClassifier(random_state=360))
    model.fit(X_train, y_train)
    auc = roc_auc_score(y_test, model.predict_proba(X_test)[:, 1])
    mlflow.log_metric("auc", auc)
    logged = mlflow.sklearn.log_model(model, name="churn", registered_model_name=MODEL_NAME)

# COMMAND ----------

# DBTITLE 1,Promote only what beats the champion
client = MlflowClient()
aliases = client.get_registered_model(MODEL_NAME).aliases
champion_auc = 0.5
if "champion" in aliases:
    champion = client.get_model_version(MODEL_NAME, aliases["champion"])
    champion_auc = client.get_run(champion.run_id).data.metrics["auc"]

if auc > champion_auc + 0.005:
    client.set_registered_model_alias(MODEL_NAME, "champion", logged.registered_model_version)
print(f"auc {auc:.3f}, champion {champion_auc:.3f}, run {run.info.run_id}")
