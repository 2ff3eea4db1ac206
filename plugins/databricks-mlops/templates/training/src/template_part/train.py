"""Trains the model on one version of the table, and registers it as the challenger. It never promotes."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from datetime import date

import mlflow
import numpy as np
import pandas as pd
from mlflow import MlflowClient
from sklearn.metrics import average_precision_score, roc_auc_score

from .model import PARAMETERS, Model, Value, fitted, logged, probabilities
from .rows import FEATURES, LABEL, LABEL_DAYS, MOMENT, TEST_DAYS, VALIDATION_DAYS, Parts, Source, parted


def train(rows: pd.DataFrame, source: Source, model_name: str, parameters: Mapping[str, Value] | None = None) -> str:
    """The number of the registered version, which holds the alias `challenger` afterwards.

    One run has the parameters, the data and its version, the signed model, and its metrics on the test part, which
    nothing was fitted to or chosen by.
    """
    used = {**PARAMETERS, **(parameters or {})}
    parts = parted(rows, source.as_of)
    with mlflow.start_run(run_name="train"):
        mlflow.set_tags(source.tags)
        days = {"label_days": LABEL_DAYS, "validation_days": VALIDATION_DAYS, "test_days": TEST_DAYS}
        mlflow.log_params({**used, **days, "training_rows": len(parts.training)})
        dataset = mlflow.data.from_pandas(parts.training[[*FEATURES, LABEL]], name=source.table, targets=LABEL)
        mlflow.log_input(dataset, context="training")

        model = fitted(parts, used)
        info = logged(model, example(parts.training))
        mlflow.log_metrics(measured(model, parts), model_id=info.model_id)

    version = str(mlflow.register_model(info.model_uri, model_name, tags=source.tags).version)
    MlflowClient().set_registered_model_alias(model_name, "challenger", version)
    return version


def example(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows that are stored with the model and can be read by whoever may read it: medians, and nobody's own values."""
    return rows[FEATURES].median().fillna(0.0).to_frame().T.astype("float64")


def measured(model: Model, parts: Parts) -> dict[str, float]:
    """The metrics, named by the part that they were measured on; `baseline` is what one number for all rows gives."""
    labels, scores = parts.test[LABEL].to_numpy(dtype=float), probabilities(model, parts.test)
    known = float(parts.training[LABEL].mean())
    return {
        "test_auc": float(roc_auc_score(labels, scores)),
        "test_average_precision": float(average_precision_score(labels, scores)),
        "test_brier": float(np.mean((scores - labels) ** 2)),
        "test_brier_baseline": float(np.mean((known - labels) ** 2)),
        "test_rows": float(len(labels)),
    }


def options(description: str) -> argparse.ArgumentParser:
    """The parameters that every task over the labelled rows has."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--table", required=True, help="full name of the labelled table")
    parser.add_argument("--data-version", type=int, help="version of the table (default: the newest)")
    parser.add_argument("--as-of", required=True, type=date.fromisoformat, help="day of the run, UTC")
    parser.add_argument("--model", required=True, help="catalog.schema.model to register")
    parser.add_argument("--experiment", required=True, help="workspace path of the experiment")
    return parser


def opened(asked: argparse.Namespace) -> tuple[pd.DataFrame, Source]:
    """The rows that the options name, read by Spark; MLflow is pointed to Unity Catalog and to the experiment."""
    from pyspark.sql import SparkSession  # a laptop that only runs the tests has none

    from .source import newest_version, read

    mlflow.set_registry_uri("databricks-uc")
    mlflow.set_experiment(asked.experiment)
    spark = SparkSession.builder.getOrCreate()
    version = newest_version(spark, asked.table) if asked.data_version is None else asked.data_version
    source = Source(table=asked.table, version=version, as_of=asked.as_of)
    return read(spark, source.table, source.version, source.as_of).sort_values(MOMENT), source


def main() -> None:
    """Train once; the task's parameters say on what."""
    asked = options(__doc__ or "").parse_args()
    rows, source = opened(asked)
    train(rows, source, asked.model)


if __name__ == "__main__":
    main()
