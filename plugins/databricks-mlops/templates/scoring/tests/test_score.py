"""Each row is scored once by one version as the model itself would; what must not be written raises."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from datetime import date

import mlflow
import numpy as np
import pandas as pd
import pytest
from mlflow import MlflowClient

for needed in ("pyspark", "sklearn"):
    pytest.importorskip(needed, reason=f"not run: {needed} is not installed here")

from pyspark.sql import DataFrame, SparkSession
from sklearn.linear_model import LogisticRegression

from template_part.score import ALIAS, FEWEST_TO_DIFFER, KEYS, ScoringError, checked, judged, resolved, score

DAY = date(2026, 11, 2)
NAME = "scored_model"
COLUMNS = ["amount", "visits"]


@pytest.fixture(scope="module")
def spark() -> Iterator[SparkSession]:
    """One small session for all tests."""
    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")  # else Spark may bind an address that nothing can reach
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)  # else the first python3 of the path runs the model
    session = (
        SparkSession.builder.master("local[1]")
        .config("spark.sql.shuffle.partitions", 1)
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.ui.enabled", "false")
        .getOrCreate()
    )
    yield session
    session.stop()


@pytest.fixture(scope="module")
def model() -> LogisticRegression:
    """A small model, registered with the alias."""
    random = np.random.default_rng(7)
    rows = pd.DataFrame({name: random.normal(size=80) for name in COLUMNS})
    fitted = LogisticRegression().fit(rows, rows["amount"] > 0)
    with mlflow.start_run():
        info = mlflow.sklearn.log_model(
            fitted,
            name="model",
            input_example=rows.head(2),
            pyfunc_predict_fn="predict_proba",
            serialization_format="skops",
            registered_model_name=NAME,
            pip_requirements=["scikit-learn"],
        )
    MlflowClient().set_registered_model_alias(NAME, ALIAS, info.registered_model_version)
    return fitted


def to_score(count: int = 6) -> pd.DataFrame:
    """Made-up rows; whole numbers where the model wants doubles, and a column that it does not know."""
    rows = {"amount": [number - 2 for number in range(count)], "visits": [0.5] * count, "note": ["x"] * count}
    return pd.DataFrame({**{name: [f"{name}-{n}" for n in range(count)] for name in KEYS}, **rows})


def scored(spark: SparkSession, rows: pd.DataFrame) -> DataFrame:
    return score(spark, spark.createDataFrame(rows), NAME, resolved(MlflowClient(), NAME), DAY)


def test_each_row_has_what_the_model_itself_says_with_version_and_day(
    spark: SparkSession, model: LogisticRegression
) -> None:
    rows = to_score()
    result = judged(scored(spark, rows)).toPandas().sort_values(KEYS[0])

    assert result["prediction"].to_list() == pytest.approx(model.predict_proba(rows[COLUMNS].astype(float))[:, 1])
    assert set(result["scored_on"]) == {DAY} and set(result["model_version"]) == {resolved(MlflowClient(), NAME)}
    assert result.columns.to_list() == [*KEYS, "scored_on", "prediction", "model_version", *COLUMNS]


def test_a_second_run_of_a_day_gives_the_same_rows(spark: SparkSession, model: LogisticRegression) -> None:
    first, second = (scored(spark, to_score()).toPandas().sort_values(KEYS[0]) for _ in range(2))

    pd.testing.assert_frame_equal(first, second)
    assert len(model.coef_[0]) == len(COLUMNS)


def test_no_rows_raise(spark: SparkSession) -> None:
    empty = spark.createDataFrame(to_score()).limit(0)

    with pytest.raises(ScoringError, match="there are no rows to score"):
        checked(empty, COLUMNS)


def test_a_missing_column_is_named(spark: SparkSession) -> None:
    with pytest.raises(ScoringError, match="no column visits"):
        checked(spark.createDataFrame(to_score().drop(columns=["visits"])), COLUMNS)


def test_a_key_that_stands_there_twice_or_is_null_raises(spark: SparkSession) -> None:
    rows = to_score()
    twice = spark.createDataFrame(pd.concat([rows, rows.head(1)]))
    keyless = spark.createDataFrame(pd.concat([rows, rows.head(1).assign(**dict.fromkeys(KEYS))]))

    with pytest.raises(ScoringError, match="1 keys stand there more than once, 0 are null"):
        checked(twice, COLUMNS)
    with pytest.raises(ScoringError, match="0 keys stand there more than once, 1 are null"):
        checked(keyless, COLUMNS)


def test_one_answer_for_many_rows_and_a_missing_answer_raise(spark: SparkSession) -> None:
    same = spark.range(FEWEST_TO_DIFFER).selectExpr("0.5D as prediction")
    missing = spark.sql("SELECT * FROM VALUES (0.5D), (CAST('NaN' AS DOUBLE)), (NULL) AS answers(prediction)")

    with pytest.raises(ScoringError, match="all 100 rows have the prediction"):
        judged(same)
    with pytest.raises(ScoringError, match="2 of 3 rows have no prediction"):
        judged(missing)


def test_a_model_without_the_alias_says_what_to_do() -> None:
    MlflowClient().create_registered_model("never_promoted")

    with pytest.raises(ScoringError, match="promote one first"):
        resolved(MlflowClient(), "never_promoted")
