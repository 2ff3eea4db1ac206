"""Scores the open orders of a day with the champion, and replaces that day in the table of predictions."""

from __future__ import annotations

import argparse
from datetime import date

import mlflow
from mlflow import MlflowClient
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

PREDICTIONS = """
CREATE TABLE IF NOT EXISTS IDENTIFIER(:table) (
  order_id STRING NOT NULL COMMENT 'Identifies the order.',
  scored_on DATE NOT NULL COMMENT 'Day of the run, UTC.',
  return_probability DOUBLE COMMENT 'From 0 to 1: how likely the order comes back within 30 days.',
  model_version INT NOT NULL COMMENT 'Version of the registered model that said so.'
)
CLUSTER BY AUTO
COMMENT 'One row an order and day of scoring. Replaced by day: a run that is repeated changes nothing.'
"""


class NoChampionError(Exception):
    """No version of the model has passed the gate yet, so there is nothing to score with."""


class AmbiguousOrdersError(Exception):
    """An order stands twice among those to score, and nothing says which of its features are right."""


def champion(client: MlflowClient, name: str) -> str:
    """The number of the version that holds the alias `champion`.

    Raises: NoChampionError where none does.
    """
    version = client.get_registered_model(name).aliases.get("champion")
    if version is None:
        raise NoChampionError(f"{name} has no version with the alias champion: run the training job first")
    return str(version)


def score(spark: SparkSession, orders: DataFrame, name: str, version: str, day: date) -> DataFrame:
    """One prediction an order, by one version of the model for all of them.

    Missing features are imputed by the model. An order without a key is left out: nobody could use its prediction.

    Raises: AmbiguousOrdersError where an order has several rows.
    """
    keyed = orders.where(F.col("order_id").isNotNull())
    if not keyed.groupBy("order_id").count().where("count > 1").isEmpty():
        raise AmbiguousOrdersError("some orders have several rows: one row an order is scored")
    model_uri = f"models:/{name}/{version}"
    features = mlflow.models.get_model_info(model_uri).signature.inputs.input_names()
    probabilities = mlflow.pyfunc.spark_udf(spark, model_uri, result_type="array<double>", env_manager="local")
    struct = F.struct(*[F.col(feature).cast("double").alias(feature) for feature in features])
    return keyed.select(
        "order_id",
        F.lit(day).alias("scored_on"),
        F.element_at(probabilities(struct), 2).alias("return_probability"),
        F.lit(int(version)).alias("model_version"),
    )


def main() -> None:
    """Score the day that the task's parameters name."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", required=True, help="catalog.schema.model")
    parser.add_argument("--orders", required=True, help="full name of the table of open orders with their features")
    parser.add_argument("--predictions", required=True, help="full name of the table to write")
    parser.add_argument("--day", required=True, type=date.fromisoformat, help="day of the run, UTC")
    options = parser.parse_args()

    mlflow.set_registry_uri("databricks-uc")
    spark = SparkSession.builder.getOrCreate()
    spark.sql(PREDICTIONS, args={"table": options.predictions})
    version = champion(MlflowClient(), options.model)
    predictions = score(spark, spark.table(options.orders), options.model, version, options.day)
    predictions.writeTo(options.predictions).overwrite(F.col("scored_on") == F.lit(options.day))


if __name__ == "__main__":
    main()
