from __future__ import annotations

from datetime import datetime

import pytest
from pyspark.sql import SparkSession
from pyspark.sql import functions as F
from pyspark.testing import assertDataFrameEqual

from customer_360 import transforms


def test_trim_strings_turns_blanks_into_null(spark: SparkSession) -> None:
    frame = spark.createDataFrame([(" a ", "  "), ("b", "c ")], "x STRING, y STRING")
    expected = spark.createDataFrame([("a", None), ("b", "c")], "x STRING, y STRING")
    assertDataFrameEqual(transforms.trim_strings(frame, ["x", "y"]), expected)


@pytest.mark.parametrize(
    ("given", "expected"),
    [(" Someone@Example.com ", "someone@example.com"), ("not an address", None), (None, None)],
)
def test_normalise_email(spark: SparkSession, given: str | None, expected: str | None) -> None:
    frame = spark.createDataFrame([(given,)], "email STRING")
    assert frame.select(transforms.normalise_email("email")).collect()[0][0] == expected


def test_normalise_phone_needs_eight_digits(spark: SparkSession) -> None:
    frame = spark.createDataFrame([("+00 (555) 010-0199",), ("12-34",)], "phone STRING")
    expected = spark.createDataFrame([("005550100199",), (None,)], "phone STRING")
    assertDataFrameEqual(frame.select(transforms.normalise_phone("phone").alias("phone")), expected)


def test_keyed_hash_depends_on_the_key(spark: SparkSession) -> None:
    frame = spark.createDataFrame([("x",)], "value STRING")
    first, second = (transforms.keyed_hash(F.col("value"), key) for key in ("a", "b"))
    row = frame.select(first.alias("first"), second.alias("second")).first()
    assert row["first"] != row["second"]


def test_latest_per_key_keeps_the_newest_row(spark: SparkSession) -> None:
    frame = spark.createDataFrame(
        [("o-1", 1, "open"), ("o-1", 2, "paid"), ("o-2", 1, "open")],
        "order_id STRING, version INT, status STRING",
    )
    latest = transforms.latest_per_key(frame, ["order_id"], ["version"])
    assert [row.status for row in latest.collect()] == ["paid", "open"]


def test_clean_customers_reads_no_answer_as_no_consent(spark: SparkSession) -> None:
    frame = spark.createDataFrame(
        [("c-1", "a@example.com", "005550100", "de", None), ("c-2", "b@example.com", "1", "fr", True)],
        "customer_id STRING, email STRING, phone STRING, country STRING, marketing_consent BOOLEAN",
    )
    expected = spark.createDataFrame(
        [("c-1", "a@example.com", "005550100", "DE", False), ("c-2", "b@example.com", None, "FR", True)],
        frame.schema,
    )
    assertDataFrameEqual(transforms.clean_customers(frame), expected)


def test_clean_orders_drops_rows_without_key(spark: SparkSession) -> None:
    moment = datetime(2026, 11, 1, 12, 0)
    frame = spark.createDataFrame(
        [("o-1", "c-1", moment, "cancelled", 10.0), (None, "c-2", moment, "paid", 5.0)],
        "order_id STRING, customer_id STRING, ordered_at TIMESTAMP, status STRING, amount DOUBLE",
    )
    cleaned = transforms.clean_orders(frame).collect()
    assert [(row.order_id, row.amount) for row in cleaned] == [("o-1", 0.0)]
