"""Scores the rows of a day with the version behind an alias, and replaces that day in the table of predictions."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from datetime import date

import mlflow
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

KEYS = ["customer_id"]
ALIAS = "champion"
# So few rows may well have one answer; more of them with the same one are a broken model or broken features.
FEWEST_TO_DIFFER = 100


class ScoringError(Exception):
    """Rows or predictions that must not become a day of the result; the message says why. Nothing was written."""


def resolved(client: MlflowClient, name: str) -> str:
    """The number of the version behind the alias: the whole run uses it, whatever the alias does meanwhile.

    Raises: ScoringError where no version has the alias.
    """
    try:
        return str(client.get_model_version_by_alias(name, ALIAS).version)
    except MlflowException as error:
        raise ScoringError(f"{name} has no version with the alias {ALIAS}: promote one first ({error})") from error


def features_of(model_uri: str) -> list[str]:
    """The columns that a version wants, in the order of its signature.

    Raises: ScoringError where it has no signature with names.
    """
    signature = mlflow.models.get_model_info(model_uri).signature
    if signature is None or not signature.inputs.has_input_names():
        raise ScoringError(f"{model_uri} has no signature with names of columns, so nobody knows what it wants")
    return signature.inputs.input_names()


def checked(rows: DataFrame, features: Sequence[str]) -> DataFrame:
    """The keys and features of rows that can be scored.

    Raises: ScoringError where a column is missing, there are no rows, or a key is null or stands there twice.
    """
    missing = [name for name in (*KEYS, *features) if name not in rows.columns]
    if missing:
        raise ScoringError(f"the rows have no column {', '.join(missing)}")
    wanted = rows.select(*dict.fromkeys((*KEYS, *features)))
    keyless = F.exists(F.array(*[F.col(name).isNull() for name in KEYS]), lambda each: each)
    counts = wanted.groupBy(*KEYS).count()
    found = counts.agg(
        F.sum("count").alias("rows"),
        F.count_if(F.col("count") > 1).alias("copies"),
        F.count_if(keyless).alias("keyless"),
    ).first()
    if not found["rows"]:
        raise ScoringError("there are no rows to score: the table before this job may not be written yet")
    if found["copies"] or found["keyless"]:
        raise ScoringError(f"{found['copies']} keys stand there more than once, {found['keyless']} are null")
    return wanted


def score(spark: SparkSession, rows: DataFrame, name: str, version: str, day: date) -> DataFrame:
    """One prediction a row, with the features that it was made from, the version, and the day."""
    model_uri = f"models:/{name}/{version}"
    features = features_of(model_uri)
    wanted = checked(rows, features)
    # A model that answers with the probabilities of several classes gives an array; the last one is that of 1.
    predict = mlflow.pyfunc.spark_udf(spark, model_uri, result_type="array<double>", env_manager="local")
    types = mlflow.models.get_model_info(model_uri).signature.inputs.as_spark_schema()
    given = [F.col(field.name).cast(field.dataType).alias(field.name) for field in types]
    return wanted.select(
        *KEYS,
        F.lit(day).alias("scored_on"),
        F.element_at(predict(F.struct(*given)), -1).alias("prediction"),
        F.lit(version).alias("model_version"),
        *[name for name in features if name not in KEYS],
    )


def judged(predictions: DataFrame) -> DataFrame:
    """The predictions, if they may be written. They are computed once to be judged and once to be written.

    Raises: ScoringError where one is missing or no number, or a model says the same of many rows.
    """
    value = F.col("prediction")
    found = predictions.agg(
        F.count("*").alias("rows"),
        F.count_if(value.isNull() | F.isnan(value)).alias("missing"),
        F.min(value).alias("least"),
        F.max(value).alias("most"),
    ).first()
    if found["missing"]:
        raise ScoringError(f"{found['missing']} of {found['rows']} rows have no prediction")
    if found["rows"] >= FEWEST_TO_DIFFER and found["least"] == found["most"]:
        raise ScoringError(f"all {found['rows']} rows have the prediction {found['least']}")
    return predictions


def main() -> None:
    """Score the day that the task's parameters name."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", required=True, help="catalog.schema.model")
    parser.add_argument("--table", required=True, help="full name of the rows to score")
    parser.add_argument("--result", required=True, help="full name of the table of predictions")
    parser.add_argument("--day", required=True, type=date.fromisoformat, help="day of the run, UTC")
    asked = parser.parse_args()

    mlflow.set_registry_uri("databricks-uc")
    spark = SparkSession.builder.getOrCreate()
    version = resolved(MlflowClient(), asked.model)
    predictions = judged(score(spark, spark.table(asked.table), asked.model, version, asked.day))
    # The day is replaced and the rest stays, so a second try of the day changes nothing.
    predictions.writeTo(asked.result).overwrite(F.col("scored_on") == F.lit(asked.day))


if __name__ == "__main__":
    main()
