"""A feature knows nothing of its moment and after it, and a backfill gives what daily runs gave."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

import pandas as pd
import pytest

pytest.importorskip("pyspark", reason="not run: pyspark is not installed here")

from pyspark.sql import DataFrame, SparkSession

from template_part.features import (
    AVAILABLE_AT,
    DELAY_HOURS,
    ENTITY,
    EVENT_TIME,
    VALUES,
    WINDOWS,
    SourceError,
    checked,
    days_until,
    feature_names,
    features,
)

DAY = date(2026, 3, 29)
MOMENT = datetime.combine(DAY, time())
SHORT, LONG = min(WINDOWS), max(WINDOWS)


@pytest.fixture(scope="module")
def spark() -> Iterator[SparkSession]:
    """One small session for all tests."""
    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")  # else Spark may bind an address that nothing can reach
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    session = (
        SparkSession.builder.master("local[1]")
        .config("spark.sql.shuffle.partitions", 1)
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.ui.enabled", "false")
        .getOrCreate()
    )
    yield session
    session.stop()


def events(spark: SparkSession, *moments: datetime, entity: str = "e1") -> DataFrame:
    """Events of one entity, the values of which are all 2."""
    keys, values = [f"{name} string" for name in ENTITY], [f"{name} double" for name in VALUES]
    columns = ", ".join([*keys, "moment string", *values])
    rows = [(*[entity] * len(ENTITY), str(moment), *[2.0] * len(VALUES)) for moment in moments]
    return spark.createDataFrame(rows, columns).selectExpr("*", f"timestamp(moment) AS {EVENT_TIME}").drop("moment")


def computed(frame: DataFrame, *days: date) -> pd.DataFrame:
    """The feature rows in the order of their key."""
    return features(frame, days or [DAY]).toPandas().sort_values([*ENTITY, AVAILABLE_AT]).reset_index(drop=True)


def test_the_moment_itself_is_outside_and_the_last_second_before_it_counts_once(spark: SparkSession) -> None:
    row = computed(events(spark, MOMENT, MOMENT - timedelta(seconds=1))).iloc[0]

    assert {row[f"events_{window}d"] for window in WINDOWS} == {1}


def test_a_window_begins_with_its_first_second(spark: SparkSession) -> None:
    first = MOMENT - timedelta(days=LONG)

    assert computed(events(spark, first)).iloc[0][f"events_{LONG}d"] == 1
    assert computed(events(spark, first - timedelta(seconds=1))).empty


def test_without_events_in_a_window_counts_and_sums_are_nought_and_means_are_null(spark: SparkSession) -> None:
    row = computed(events(spark, MOMENT - timedelta(days=LONG - 1))).iloc[0]

    assert row[f"events_{SHORT}d"] == (1 if SHORT == LONG else 0)
    for value in VALUES:
        assert row[f"{value}_sum_{LONG}d"] == 2.0
        assert row[f"{value}_sum_{SHORT}d"] == (2.0 if SHORT == LONG else 0.0)
        assert SHORT == LONG or pd.isna(row[f"{value}_mean_{SHORT}d"])
    assert row["days_since_last"] == LONG - 1


def test_a_row_is_available_only_after_the_delay_so_an_earlier_label_does_not_get_it(spark: SparkSession) -> None:
    rows = computed(events(spark, MOMENT - timedelta(hours=1)))
    available = pd.Timestamp(rows.iloc[0][AVAILABLE_AT])
    assert available == pd.Timestamp(MOMENT) + pd.Timedelta(hours=DELAY_HOURS)

    labels = pd.DataFrame({"asked_at": [available - pd.Timedelta(seconds=1), available]})
    known = rows.astype({AVAILABLE_AT: "datetime64[ns]"})
    joined = pd.merge_asof(labels, known, left_on="asked_at", right_on=AVAILABLE_AT)

    assert joined[f"events_{SHORT}d"].isna().to_list() == [True, False]


def test_a_backfill_of_three_days_equals_three_daily_runs(spark: SparkSession) -> None:
    frame = events(spark, *(MOMENT - timedelta(days=back, hours=5) for back in range(4)))
    days = days_until(DAY, 3)

    daily = pd.concat([computed(frame, day) for day in days], ignore_index=True)

    pd.testing.assert_frame_equal(computed(frame, *days), daily)


def test_the_key_is_unique_and_the_columns_are_those_of_the_table(spark: SparkSession) -> None:
    first, second = events(spark, MOMENT - timedelta(hours=1)), events(spark, MOMENT - timedelta(hours=1), entity="e2")
    rows = computed(first.union(first).union(second), *days_until(DAY, 2))

    assert not rows.duplicated([*ENTITY, AVAILABLE_AT]).any()
    assert rows.columns.to_list() == [*ENTITY, AVAILABLE_AT, *feature_names()]


def test_a_missing_column_is_named_and_an_event_without_a_key_is_left_out(spark: SparkSession) -> None:
    frame = events(spark, MOMENT - timedelta(hours=1))

    with pytest.raises(SourceError, match=EVENT_TIME):
        checked(frame.drop(EVENT_TIME))
    assert checked(events(spark, MOMENT, entity=None)).isEmpty()
