"""Train, evaluate and log one model. Runs as a Databricks job task; change the constants, keep the order of the steps.

Needs Databricks: reads a Unity Catalog table with Spark and registers the model in Unity Catalog.
"""

from __future__ import annotations

import argparse

import mlflow
import pandas as pd
from pyspark.sql import SparkSession
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import Pipeline

LABEL = "churned"
EVENT_TIME = "observed_at"
FEATURES = ["tenure_months", "orders_90d", "support_calls_90d"]
SEED = 7


def split_by_time(rows: pd.DataFrame, test_share: float) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The earlier rows to train on and the later ones to test on: a random split would let the future teach the
    past.
    """
    cut = rows[EVENT_TIME].quantile(1 - test_share)
    return rows[rows[EVENT_TIME] <= cut], rows[rows[EVENT_TIME] > cut]


def read_training_rows(spark: SparkSession, table: str, version: int) -> pd.DataFrame:
    """The training rows of one version of the table; numbers as double, since an integer column cannot hold a
    missing value.
    """
    frame = spark.read.option("versionAsOf", version).table(table).select(*FEATURES, LABEL, EVENT_TIME)
    return frame.toPandas().astype(dict.fromkeys(FEATURES, "float64"))


def train(rows: pd.DataFrame, source: str, data_version: int, model_name: str) -> str:
    """The registered version, as a URI; parameters, test metric, dataset and model stand in one run."""
    training, test = split_by_time(rows, test_share=0.2)
    parameters = {"learning_rate": 0.1, "max_iter": 200, "random_state": SEED}
    with mlflow.start_run(run_name="train"):
        mlflow.log_params({**parameters, "test_share": 0.2})
        mlflow.set_tags({"data_table": source, "data_version": str(data_version)})
        dataset = mlflow.data.from_pandas(training, name=source, targets=LABEL)
        mlflow.log_input(dataset, context="training")

        # Steps that learn (scalers, encoders) belong into this pipeline: then they see the training rows only.
        model = Pipeline([("classify", HistGradientBoostingClassifier(**parameters))])
        model.fit(training[FEATURES], training[LABEL])

        info = mlflow.sklearn.log_model(model, name="churn", input_example=training[FEATURES].head(5))
        scores = model.predict_proba(test[FEATURES])[:, 1]
        mlflow.log_metrics({"test_auc": float(roc_auc_score(test[LABEL], scores))}, model_id=info.model_id)

    version = mlflow.register_model(info.model_uri, model_name)
    return f"models:/{model_name}/{version.version}"


def main() -> None:
    """Parse the task's parameters, train, print the new version."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--table", required=True, help="catalog.schema.table of the training rows")
    parser.add_argument("--data-version", type=int, required=True, help="version of that table")
    parser.add_argument("--model", required=True, help="catalog.schema.model to register")
    parser.add_argument("--experiment", required=True, help="workspace path of the experiment")
    arguments = parser.parse_args()

    mlflow.set_registry_uri("databricks-uc")
    mlflow.set_experiment(arguments.experiment)
    rows = read_training_rows(SparkSession.builder.getOrCreate(), arguments.table, arguments.data_version)
    print(train(rows, arguments.table, arguments.data_version, arguments.model))


if __name__ == "__main__":
    main()
