"""Smoothing and trend on small frames."""

from datetime import date, datetime, timedelta

import pytest
from pyspark.sql import SparkSession
from quality.smoothing import smoothed, trend

START = datetime(2026, 3, 1, 12, 0)


@pytest.fixture(scope="session")
def spark() -> SparkSession:
    return SparkSession.builder.master("local[2]").config("spark.sql.shuffle.partitions", "2").getOrCreate()


@pytest.mark.parametrize("turbine", ["T1", "T2"])
def test_single_spike_is_removed(spark: SparkSession, turbine: str) -> None:
    values = [1.0, 1.0, 9.0, 1.0, 1.0]
    rows = [(turbine, START + timedelta(seconds=10 * at), value) for at, value in enumerate(values)]
    frame = spark.createDataFrame(rows, "turbine_id STRING, read_at TIMESTAMP, vibration DOUBLE")
    assert {row.smoothed for row in smoothed(frame).where("vibration = 9").collect()} == {1.0}


def test_trend_has_one_row_for_each_day(spark: SparkSession) -> None:
    frame = spark.createDataFrame([(date(2026, 3, 1), 0.5), (date(2026, 3, 1), 0.7), (date(2026, 3, 2), 0.8)], "day DATE, score DOUBLE")
    table = trend(frame).orderBy("day").toPandas()
    assert list(table["day"]) == [date(2026, 3, 1), date(2026, 3, 2)]
    assert table["score_7d"].iloc[1] == pytest.approx(0.7)
