"""Six kinds of test for Spark code. Run: python -m pytest (pyspark 4, Java 17)."""

import json
import random
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

from orders import EVENTS, in_euro, load, top_customers
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import types as T
from pyspark.testing import assertDataFrameEqual, assertSchemaEqual

MONDAY = datetime(2026, 11, 2, 23, 30, tzinfo=UTC)
RATES = "currency STRING, day DATE, rate DECIMAL(10, 5)"


def orders(spark: SparkSession, *changes: dict[str, object]) -> DataFrame:
    """One order a dictionary; what it leaves out has a sensible value, so that a test shows only what it is about."""
    usual = {"order_id": "o-1", "amount": Decimal(10), "currency": "EUR", "ordered_at": MONDAY}
    return spark.createDataFrame([tuple((usual | change).values()) for change in changes], EVENTS)


def rates(spark: SparkSession, *rows: tuple[str, date, str]) -> DataFrame:
    return spark.createDataFrame([(currency, day, Decimal(rate)) for currency, day, rate in rows], RATES)


# 1. A transformation: smallest input, whole output, order of rows left open.
def test_the_rate_of_the_day_of_the_order_is_used(spark: SparkSession) -> None:
    table = rates(spark, ("USD", date(2026, 11, 2), "0.90"), ("USD", date(2026, 11, 3), "0.80"))
    actual = in_euro(orders(spark, {"currency": "USD"}), table).select("order_id", "amount_eur")
    expected = spark.createDataFrame([("o-1", Decimal("9.00"))], "order_id STRING, amount_eur DECIMAL(12, 2)")
    assertDataFrameEqual(actual, expected)


# 2. The edge that production will find: no match, NULL, an empty frame.
def test_an_order_without_a_rate_stays_with_no_amount(spark: SparkSession) -> None:
    assert in_euro(orders(spark, {"currency": "CHF"}), rates(spark)).first()["amount_eur"] is None
    assert in_euro(orders(spark), rates(spark)).isEmpty()


# 3. The schema that readers rely on, apart from any rows.
def test_the_schema_is_the_promised_one(spark: SparkSession) -> None:
    promised = T.StructType(
        [
            T.StructField("order_id", T.StringType()),
            T.StructField("currency", T.StringType()),
            T.StructField("amount_eur", T.DecimalType(12, 2)),
            T.StructField("ordered_at", T.TimestampType()),
        ]
    )
    assertSchemaEqual(in_euro(orders(spark), rates(spark)).schema, promised)


# 4. A property: what holds for any input, tried on many, with a seed that repeats a failure.
def test_no_order_is_lost_or_doubled_whatever_the_rates(spark: SparkSession) -> None:
    generator = random.Random(2026)
    currencies = ["EUR", "USD", "CHF", None]
    many = [{"order_id": f"o-{number}", "currency": generator.choice(currencies)} for number in range(200)]
    table = rates(spark, ("EUR", date(2026, 11, 2), "1"), ("USD", date(2026, 11, 2), "0.9"))
    ids = [row["order_id"] for row in in_euro(orders(spark, *many), table).collect()]
    assert sorted(ids) == sorted(order["order_id"] for order in many)


# 5. A stream: run it, land more, run it again. The second run is the test.
def test_a_second_run_loads_only_what_is_new(spark: SparkSession, tmp_path: Path, checkpoint: str) -> None:
    landing, target = tmp_path / "landing", str(tmp_path / "target")
    landing.mkdir()

    def land(name: str, order_id: str) -> None:
        text = json.dumps({"order_id": order_id, "amount": 1, "currency": "EUR", "ordered_at": "2026-11-02T09:00:00Z"})
        (landing / name).write_text(text, encoding="utf-8")

    def loaded() -> list[str]:
        return sorted(row["order_id"] for row in spark.read.parquet(target).collect())

    land("1.json", "o-1")
    load(spark, str(landing), checkpoint, target)
    load(spark, str(landing), checkpoint, target)
    assert loaded() == ["o-1"]
    land("2.json", "o-2")
    load(spark, str(landing), checkpoint, target)
    assert loaded() == ["o-1", "o-2"]


# 6. A query in a file: the text that production runs, over a temporary view.
def test_ties_among_the_best_customers_are_broken_by_name(spark: SparkSession) -> None:
    sales = [("b", 5), ("a", 5), ("c", 3), ("c", 9)]
    spark.createDataFrame(sales, "customer_id STRING, amount INT").createOrReplaceTempView("sales_of_a_test")
    best = [(row["customer_id"], row["revenue"]) for row in top_customers(spark, "sales_of_a_test", 2).collect()]
    assert best == [("c", 12), ("a", 5)]
