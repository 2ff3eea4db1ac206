"""Trains the model that says how likely an order comes back, and registers it as the challenger.

Training never promotes: the task after it does, or refuses (promote.py).
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from datetime import date, timedelta

import mlflow
import pandas as pd
import sklearn
from mlflow import MlflowClient
from mlflow.models import infer_signature
from pyspark.sql import SparkSession
from pyspark.sql import functions as F
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, roc_auc_score
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

KEY = "order_id"
DAY = "ordered_on"
LABEL = "returned"
# All are known at the moment of ordering: the counts end before it, and nothing is learnt from the delivery.
FEATURES = ["items", "amount_eur", "promised_days", "orders_90d", "returns_90d"]
# An order may come back for so many days; before that nobody knows its label.
RETURN_DAYS = 30
TEST_DAYS = 28
SEED = 7
PARAMETERS = {"C": 1.0, "max_iter": 1_000, "random_state": SEED}


class TrainingDataError(Exception):
    """Rows that no model may be trained on; the message says what is wrong with how many of them."""


@dataclass(frozen=True, kw_only=True)
class Split:
    """Rows to train on and later rows to judge by; on `first_test_day` the model would have gone into use."""

    training: pd.DataFrame
    test: pd.DataFrame
    first_test_day: date


def split_by_time(rows: pd.DataFrame, as_of: date) -> Split:
    """The last four weeks of orders whose label is final as the test part, and what was known before them to train on.

    Two gaps keep the future out: orders younger than the return window have no final label yet and are in neither part,
    and an order of the 30 days before the test part is not trained on, because its label was not known on that day.

    Raises: TrainingDataError where keys, days or labels are missing, orders stand twice, or a part lacks a label.
    """
    _refuse_broken(rows)
    first = as_of - timedelta(days=RETURN_DAYS + TEST_DAYS)
    is_final = rows[DAY] < as_of - timedelta(days=RETURN_DAYS)
    training = rows[rows[DAY] < first - timedelta(days=RETURN_DAYS)]
    test = rows[(rows[DAY] >= first) & is_final]
    for name, part in (("training", training), ("test", test)):
        if part[LABEL].nunique() != 2:
            raise TrainingDataError(f"the {name} part has {len(part)} orders and not both labels: as of {as_of}")
    return Split(training=training, test=test, first_test_day=first)


def _refuse_broken(rows: pd.DataFrame) -> None:
    missing = rows[[KEY, DAY, LABEL]].isna().any(axis="columns").sum()
    copies = rows[KEY].duplicated().sum()
    if missing or copies:
        raise TrainingDataError(f"{missing} orders without key, day or label, and {copies} that stand there already")


def pipeline() -> Pipeline:
    """What is learnt from rows (medians, scales, weights) stands in one pipeline, fitted on the training part alone."""
    return Pipeline(
        [
            ("impute", SimpleImputer(strategy="median")),
            ("scale", StandardScaler()),
            ("classify", LogisticRegression(**PARAMETERS)),
        ]
    )


def train(rows: pd.DataFrame, *, source: str, data_version: int, as_of: date, model_name: str) -> str:
    """The number of the registered version, which holds the alias `challenger` afterwards.

    One run has parameters, the data and its version, the signed model, and its metrics on the test part.
    """
    parts = split_by_time(rows, as_of)
    with mlflow.start_run(run_name="train"):
        mlflow.log_params({**PARAMETERS, "test_days": TEST_DAYS, "gap_days": RETURN_DAYS})
        data = {"data_table": source, "data_version": str(data_version), "as_of": as_of.isoformat()}
        mlflow.set_tags(data)
        dataset = mlflow.data.from_pandas(parts.training[[*FEATURES, LABEL]], name=source, targets=LABEL)
        mlflow.log_input(dataset, context="training")

        model = pipeline().fit(parts.training[FEATURES], parts.training[LABEL])
        example = parts.training[FEATURES].head(5)
        info = mlflow.sklearn.log_model(
            model,
            name="returns",
            input_example=example,
            signature=infer_signature(example, model.predict_proba(example)),
            pyfunc_predict_fn="predict_proba",  # readers want the probability, not the guess
            serialization_format="skops",  # a pickle runs whatever it holds when it is loaded; skops loads known types
            skops_trusted_types=["numpy.dtype"],  # of the imputer
            pip_requirements=[f"scikit-learn=={sklearn.__version__}", f"pandas=={pd.__version__}"],
        )
        scores = model.predict_proba(parts.test[FEATURES])[:, 1]
        metrics = {
            "test_auc": float(roc_auc_score(parts.test[LABEL], scores)),
            "test_average_precision": float(average_precision_score(parts.test[LABEL], scores)),
            "test_share_returned": float(parts.test[LABEL].mean()),
        }
        mlflow.log_metrics(metrics, model_id=info.model_id)

    version = str(mlflow.register_model(info.model_uri, model_name, tags=data).version)
    MlflowClient().set_registered_model_alias(model_name, "challenger", version)
    return version


def read_orders(spark: SparkSession, table: str, version: int) -> pd.DataFrame:
    """The labelled orders of one version of the table, one row an order; needs Delta, for the version.

    Numbers are doubles, since an integer column cannot hold a missing value.
    """
    numbers = [F.col(name).cast("double").alias(name) for name in (*FEATURES, LABEL)]
    return spark.read.option("versionAsOf", version).table(table).select(KEY, DAY, *numbers).toPandas()


def newest_version(spark: SparkSession, table: str) -> int:
    """The version of a Delta table that a reader sees now."""
    from delta.tables import DeltaTable  # only Databricks has it

    return int(DeltaTable.forName(spark, table).history(1).select("version").first()[0])


def main() -> None:
    """Train on the newest version of the table; the task's parameters say which."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--table", required=True, help="catalog.schema.table of the labelled orders")
    parser.add_argument("--as-of", required=True, type=date.fromisoformat, help="day of the run, UTC")
    parser.add_argument("--model", required=True, help="catalog.schema.model to register")
    parser.add_argument("--experiment-id", required=True, help="where the run is logged")
    options = parser.parse_args()

    mlflow.set_registry_uri("databricks-uc")
    mlflow.set_experiment(experiment_id=options.experiment_id)
    spark = SparkSession.builder.getOrCreate()
    version = newest_version(spark, options.table)
    rows = read_orders(spark, options.table, version)
    train(rows, source=options.table, data_version=version, as_of=options.as_of, model_name=options.model)


if __name__ == "__main__":
    main()
