"""The tasks of the job: what each gets from the one before it goes by task value or by parameter, never by "newest"."""

from __future__ import annotations

import argparse

import mlflow
from mlflow import MlflowClient

from .promote import promote, source_of
from .rows import parted
from .train import opened, options, train


def train_task() -> None:
    """Train once and hand the number of the version over. It has no retry: each try would register a version."""
    asked = options("Train.").parse_args()
    rows, source = opened(asked)
    tell("version", train(rows, source, asked.model))


def promote_task() -> None:
    """Judge the version that was handed over, on the test part of its own rows; a refusal fails the task."""
    from pyspark.sql import SparkSession  # a laptop that only runs the tests has none

    from .source import read

    parser = argparse.ArgumentParser(description="Promote.")
    parser.add_argument("--model", required=True, help="catalog.schema.model")
    parser.add_argument("--version", required=True, help="the version that the task train has registered")
    asked = parser.parse_args()
    mlflow.set_registry_uri("databricks-uc")
    client = MlflowClient()
    source = source_of(client, asked.model, asked.version)
    rows = read(SparkSession.builder.getOrCreate(), source.table, source.version, source.as_of)
    decision = promote(client, asked.model, asked.version, parted(rows, source.as_of).test)
    if not decision.promoted:
        raise SystemExit(f"refused: {decision.reason}")


def tell(key: str, value: str) -> None:
    """Hand a value over to the tasks that come after this one."""
    from databricks.sdk.runtime import dbutils  # only inside a job of Databricks

    dbutils.jobs.taskValues.set(key=key, value=value)
