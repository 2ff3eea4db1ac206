"""Features of each entity as of midnight of a day: the same code for a day and for a backfill, no clock inside."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F

ENTITY = ["customer_id"]
EVENT_TIME = "ordered_at"
VALUES = ["amount"]
# Whole days before the moment of a row; the moment itself is in none.
WINDOWS = [7, 30, 90]
# The key's time: not when a value was true, but from when production could read it.
AVAILABLE_AT = "available_at"
DELAY_HOURS = 24


class SourceError(Exception):
    """Events that no feature may be made of; the message says why. Nothing was written."""


def checked(events: DataFrame) -> DataFrame:
    """The columns of the events that are needed.

    Raises: SourceError where one is missing.
    """
    needed = [*ENTITY, EVENT_TIME, *VALUES]
    missing = [name for name in needed if name not in events.columns]
    if missing:
        raise SourceError(f"the events have no column {', '.join(missing)}")
    return events.select(*needed).where(" AND ".join(f"{name} IS NOT NULL" for name in (*ENTITY, EVENT_TIME)))


def features(events: DataFrame, days: Sequence[date]) -> DataFrame:
    """One row an entity and day, for each entity with an event in the longest window before that day's midnight (UTC).

    An event of the last second of a window counts in it, one of the moment itself does not. Without events in a window
    counts and sums are 0, and means are null.
    """
    spark = events.sparkSession
    moments = spark.createDataFrame([(day,) for day in days], "day date").select(F.col("day").cast("timestamp"))
    known = checked(events).join(F.broadcast(moments), _is_in(max(WINDOWS)))
    rows = known.groupBy(*ENTITY, "day").agg(*_aggregates())
    available = F.col("day") + F.make_dt_interval(hours=F.lit(DELAY_HOURS))
    return rows.select(*ENTITY, available.alias(AVAILABLE_AT), *feature_names())


def feature_names() -> list[str]:
    """The features in the order of the table."""
    per_window = [f"{what}_{window}d" for window in WINDOWS for what in ("events", *_measures())]
    return [*per_window, "days_since_last"]


def days_until(last: date, count: int) -> list[date]:
    """So many days, the last of which is given: those before it are computed again for events that came late."""
    return [last - timedelta(days=back) for back in reversed(range(count))]


def _measures() -> list[str]:
    return [f"{value}_{what}" for value in VALUES for what in ("sum", "mean")]


def _is_in(window: int) -> Column:
    start = F.col("day") - F.make_dt_interval(days=F.lit(window))
    return (F.col(EVENT_TIME) >= start) & (F.col(EVENT_TIME) < F.col("day"))


def _aggregates() -> Iterator[Column]:
    for window in WINDOWS:
        inside = _is_in(window)
        yield F.count_if(inside).alias(f"events_{window}d")
        for value in VALUES:
            counted = F.when(inside, F.col(value).cast("double"))
            yield F.coalesce(F.sum(counted), F.lit(0.0)).alias(f"{value}_sum_{window}d")
            yield F.mean(counted).alias(f"{value}_mean_{window}d")
    yield F.datediff(F.max("day"), F.max(EVENT_TIME)).alias("days_since_last")


def main() -> None:
    """Compute the days and merge them by the key: a second run changes nothing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--source", required=True, help="full name of the events")
    parser.add_argument("--target", required=True, help="full name of the feature table")
    parser.add_argument("--day", required=True, type=date.fromisoformat, help="the last day, UTC")
    parser.add_argument("--days", required=True, type=int, help="how many days, the last one included")
    asked = parser.parse_args()

    spark = SparkSession.builder.getOrCreate()
    spark.conf.set("spark.sql.session.timeZone", "UTC")
    rows = features(spark.table(asked.source), days_until(asked.day, asked.days))
    target = asked.target.rpartition(".")[2]
    same_key = F.expr(" AND ".join(f"source.{name} = {target}.{name}" for name in (*ENTITY, AVAILABLE_AT)))
    merge = rows.alias("source").mergeInto(asked.target, same_key)
    merge.whenMatched().updateAll().whenNotMatched().insertAll().merge()


if __name__ == "__main__":
    main()
