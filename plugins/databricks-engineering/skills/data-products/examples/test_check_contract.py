"""The check of rows against the contract, on local Spark: pyspark and Java 17, no workspace."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from check_contract import violations
from contract import read_contract
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyspark.sql import DataFrame

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
CONTRACT = read_contract(Path(__file__).parent / "orders" / "orders.v1.odcs.yaml")
SCHEMA = "order_id bigint, ordered_at timestamp, amount_eur decimal(18,2), email string, status string"


@pytest.fixture(scope="session")
def spark() -> Iterator[SparkSession]:
    """A session with two threads, shared by all tests."""
    session = (
        SparkSession.builder.master("local[2]")
        .config("spark.sql.shuffle.partitions", 2)
        .config("spark.sql.session.timeZone", "America/New_York")
        .config("spark.ui.enabled", "false")
        .getOrCreate()
    )
    yield session
    session.stop()


def orders(spark: SparkSession, *ids: int | None, age_hours: int = 1, schema: str = SCHEMA) -> DataFrame:
    """Orders with these ids, placed some hours ago."""
    placed = NOW - timedelta(hours=age_hours)
    return spark.createDataFrame([(number, placed, Decimal("9.90"), None, "placed") for number in ids], schema)


def test_rows_that_keep_the_contract_break_nothing(spark: SparkSession) -> None:
    assert violations(CONTRACT, "orders", orders(spark, 1, 2, 3), NOW) == []


def test_missing_columns_and_other_types_are_named(spark: SparkSession) -> None:
    rows = orders(spark, 1).drop("email").withColumn("amount_eur", F.col("amount_eur").cast("double"))
    assert violations(CONTRACT, "orders", rows, NOW) == [
        "orders.email is missing",
        "orders.amount_eur is double, promised is DECIMAL(18,2)",
    ]


def test_nulls_and_duplicates_are_counted(spark: SparkSession) -> None:
    broken = violations(CONTRACT, "orders", orders(spark, 1, 1, 2, None), NOW)
    assert broken == ["orders.order_id has 1 nulls and is required", "orders: (order_id) has 1 duplicates"]


def test_values_that_are_not_listed_are_counted_and_nulls_are_not_among_them(spark: SparkSession) -> None:
    rows = orders(spark, 1, 2, 3).withColumn(
        "status", F.element_at(F.array(F.lit("lost"), F.lit(None), F.lit("placed")), F.col("order_id").cast("int"))
    )
    assert violations(CONTRACT, "orders", rows, NOW) == [
        "orders.status has 1 nulls and is required",
        "orders.status has 1 values that the contract does not list",
    ]


def test_late_data_breaks_the_latency_and_the_time_zone_of_the_session_does_not_matter(spark: SparkSession) -> None:
    assert violations(CONTRACT, "orders", orders(spark, 1, age_hours=26), NOW) == []
    assert violations(CONTRACT, "orders", orders(spark, 1, age_hours=27), NOW) == [
        "orders.ordered_at is 1 day, 3:00:00 old; promised is at most 1 day, 2:00:00"
    ]


def test_an_empty_port_is_late(spark: SparkSession) -> None:
    assert violations(CONTRACT, "orders", orders(spark), NOW) == [
        "orders has no rows; promised is data at most 1 day, 2:00:00 old"
    ]
