# Databricks notebook source
# MAGIC %md
# MAGIC Training of the churn model, each quarter. The experiment is open to all data scientists of the company.

# COMMAND ----------

import mlflow
from mlflow.models import infer_signature
from mlflow.tracking import MlflowClient
from pyspark.sql import functions as F
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder

mlflow.set_registry_uri("databricks-uc")
mlflow.set_experiment("/Shared/churn")

MODEL = "club.models.churn"
NUMERIC = ["tenure_months", "visits_90d", "spend_90d", "tickets_90d"]
CATEGORICAL = ["plan", "home_region", "birth_country"]
FEATURES = NUMERIC + CATEGORICAL

train_month = dbutils.widgets.get("train_month")
test_month = dbutils.widgets.get("test_month")

# COMMAND ----------

labelled = spark.table("club.features.member_month").where("churned_next_60d IS NOT NULL")
train = labelled.where(F.col("month") == F.lit(train_month).cast("date")).toPandas()
test = labelled.where(F.col("month") == F.lit(test_month).cast("date")).toPandas()

# COMMAND ----------

model = Pipeline(
    [
        (
            "columns",
            ColumnTransformer(
                [("categories", OneHotEncoder(handle_unknown="ignore", sparse_output=False), CATEGORICAL)],
                remainder="passthrough",
            ),
        ),
        ("trees", HistGradientBoostingClassifier(random_state=20260309)),
    ]
)

with mlflow.start_run(run_name=f"churn-{train_month}"):
    model.fit(train[FEATURES], train["churned_next_60d"])
    probabilities = model.predict_proba(test[FEATURES])[:, 1]
    mlflow.log_metric("test_auc", roc_auc_score(test["churned_next_60d"], probabilities))
    logged = mlflow.sklearn.log_model(
        model,
        name="model",
        signature=infer_signature(test[FEATURES], probabilities),
        input_example=train.head(5),
        registered_model_name=MODEL,
        pyfunc_predict_fn="predict_proba",
    )

# COMMAND ----------

MlflowClient().set_registered_model_alias(MODEL, "challenger", logged.registered_model_version)
