"""Files twice, in any order, late, and broken. Run: python -m pytest (pyspark 4, Java 17)."""

import json
from collections.abc import Iterator

import layers
import pytest
from pyspark.sql import DataFrame, SparkSession
from pyspark.testing import assertDataFrameEqual


@pytest.fixture(scope="session")
def spark() -> Iterator[SparkSession]:
    builder = SparkSession.builder.master("local[2]").config("spark.ui.enabled", False)
    session = (
        builder.config("spark.sql.shuffle.partitions", 2).config("spark.sql.session.timeZone", "UTC").getOrCreate()
    )
    yield session
    session.stop()


def order(number: str, status: str, amount: float, changed: str, ordered: str = "2026-11-02T09:00:00Z") -> str:
    values = {"order_id": number, "status": status, "amount": amount, "ordered_at": ordered, "changed_at": changed}
    return json.dumps(values)


MONDAY = [
    ("mon.json", order("o-1", "placed", 40, "2026-11-02T09:00:00Z")),
    ("mon.json", order("o-1", "paid", 40, "2026-11-02T09:05:00Z")),
    ("mon.json", order("o-2", "paid", 60, "2026-11-02T10:00:00Z")),
    ("mon.json", order("o-3", "paid", -5, "2026-11-02T11:00:00Z")),
    ("mon.json", '{"order_id": "o-4", "status": '),
]
TIE = [("mon2.json", order("o-2", "paid", 61, "2026-11-02T10:00:00Z"))]
TUESDAY = [("tue.json", order("o-2", "cancelled", 60, "2026-11-03T08:00:00Z"))]


def rows(spark: SparkSession, files: list[tuple[str, str]]) -> DataFrame:
    return layers.typed(layers.bronze(spark.createDataFrame(files, "source_file STRING, value STRING")))


def days(frame: DataFrame) -> dict[str, tuple[float, int]]:
    return {str(row["day"]): (float(row["revenue"]), row["orders"]) for row in frame.collect()}


def test_the_newest_change_of_each_order_counts_once(spark: SparkSession) -> None:
    assert days(layers.gold(layers.silver(rows(spark, MONDAY)))) == {"2026-11-02": (100.0, 2)}


def test_a_file_delivered_twice_changes_nothing(spark: SparkSession) -> None:
    once = layers.silver(rows(spark, MONDAY))
    twice = layers.silver(rows(spark, [*MONDAY, *MONDAY]))
    assertDataFrameEqual(once, twice)


def test_the_order_of_delivery_changes_nothing(spark: SparkSession) -> None:
    forward = layers.silver(rows(spark, [*MONDAY, *TIE]))
    backward = layers.silver(rows(spark, [*TIE, *reversed(MONDAY)]))
    assertDataFrameEqual(forward, backward)


def test_a_late_cancellation_corrects_the_day_of_the_order(spark: SparkSession) -> None:
    assert days(layers.gold(layers.silver(rows(spark, [*MONDAY, *TUESDAY])))) == {"2026-11-02": (40.0, 1)}


def test_every_landed_row_is_in_silver_superseded_or_in_quarantine(spark: SparkSession) -> None:
    typed = rows(spark, [*MONDAY, *TUESDAY])
    kept, refused = layers.silver(typed).count(), layers.quarantine(typed).count()
    superseded = typed.filter(layers.valid()).count() - kept
    assert (kept, superseded, refused) == (2, 2, 2)
    assert kept + superseded + refused == typed.count()


def test_a_line_that_is_no_json_is_kept_as_it_came(spark: SparkSession) -> None:
    texts = [row["raw"] for row in layers.quarantine(rows(spark, MONDAY)).collect()]
    assert '{"order_id": "o-4", "status": ' in texts
