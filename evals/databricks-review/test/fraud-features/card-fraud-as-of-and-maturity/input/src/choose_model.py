# Databricks notebook source
# Compares three learners on the newest two months and registers the better one.
import mlflow
import pandas as pd
from mlflow.models import infer_signature
from pyspark.sql import functions as F
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

catalog = dbutils.widgets.get("catalog")
mlflow.set_registry_uri("databricks-uc")
FEATURES = ["amount_eur", "hour", "foreign_merchant", "amount_to_mean", "countries_90d", "disputes_365d", "tax_region_code"]

# COMMAND ----------

rows = spark.table(f"{catalog}.fraud.training_rows").fillna(0, subset=["countries_90d", "disputes_365d", "amount_to_mean"])
cut = rows.select(F.add_months(F.max("happened_at"), -2).alias("day")).first().day
frauds = rows.where("fraud = 1").orderBy("transaction_id").toPandas()

learners = {
    "logistic": make_pipeline(StandardScaler(), LogisticRegression(max_iter=500)),
    "forest": RandomForestClassifier(n_estimators=300, min_samples_leaf=10, random_state=90),
    "boosting": HistGradientBoostingClassifier(random_state=90),
}

# COMMAND ----------

def evaluate(learner) -> tuple[float, pd.DataFrame]:
    """Fit on the older months and measure on the newer ones; honest rows are thinned to one per cent."""
    honest = rows.where("fraud = 0").sample(fraction=0.01).orderBy("transaction_id").toPandas()
    sample = pd.concat([frauds, honest], ignore_index=True).astype({"foreign_merchant": "float", "tax_region_code": "float"})
    older, newer = sample[sample["happened_at"].dt.date <= cut], sample[sample["happened_at"].dt.date > cut]
    learner.fit(older[FEATURES], older["fraud"])
    return average_precision_score(newer["fraud"], learner.predict_proba(newer[FEATURES])[:, 1]), newer

# COMMAND ----------

results = {name: evaluate(learner) for name, learner in learners.items()}
best = max(results, key=lambda name: results[name][0])
example = results[best][1][FEATURES].head(50)

with mlflow.start_run(run_name="choose") as run:
    mlflow.log_metrics({f"ap_{name}": result[0] for name, result in results.items()})
    logged = mlflow.sklearn.log_model(
        learners[best],
        name="model",
        signature=infer_signature(example, learners[best].predict_proba(example)),
        registered_model_name=f"{catalog}.fraud.card_model",
        pyfunc_predict_fn="predict_proba",
    )
dbutils.jobs.taskValues.set(key="version", value=logged.registered_model_version)
