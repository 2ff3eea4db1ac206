"""What a point-in-time join must and must not see."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from point_in_time import newest_values, sample, session, values_as_of
from pyspark.sql import DataFrame, SparkSession


@pytest.fixture(scope="module")
def spark() -> Iterator[SparkSession]:
    started = session()
    yield started
    started.stop()


def orders(frame: DataFrame) -> dict[tuple[int, str], int | None]:
    """The joined value by customer and day of scoring, whatever the order of the rows."""
    return {(row["customer_id"], f"{row['scored_at']:%Y-%m-%d}"): row["orders_90d"] for row in frame.collect()}


def test_plain_join_gives_every_label_the_value_of_the_future(spark: SparkSession) -> None:
    assert orders(newest_values(*sample(spark)))[(1, "2026-03-10")] == 0


def test_each_label_gets_the_newest_value_known_at_its_moment(spark: SparkSession) -> None:
    values = orders(values_as_of(*sample(spark)))

    assert values[(1, "2026-03-10")] == 6
    assert values[(1, "2026-05-10")] == 1


def test_value_that_is_written_a_day_later_is_not_used_before(spark: SparkSession) -> None:
    assert orders(values_as_of(*sample(spark), delay_hours=24))[(1, "2026-03-10")] == 7


def test_value_older_than_the_lookback_is_null_and_the_label_stays(spark: SparkSession) -> None:
    values = orders(values_as_of(*sample(spark)))

    assert values[(2, "2026-03-10")] is None
    assert len(values) == 3
