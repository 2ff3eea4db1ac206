"""Runs on one machine: pyspark, Java 17, no workspace."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from pyspark.sql import Row, SparkSession

from orders.revenue import daily_revenue

if TYPE_CHECKING:
    from collections.abc import Iterator

DAY = date(2026, 11, 22)
SCHEMA = "order_date date, country string, status string, amount_eur decimal(18,2)"


@pytest.fixture(scope="session")
def spark() -> Iterator[SparkSession]:
    """A session with two threads, shared by all tests."""
    session = (
        SparkSession.builder.master("local[2]")
        .config("spark.sql.shuffle.partitions", 2)
        .config("spark.ui.enabled", "false")
        .getOrCreate()
    )
    yield session
    session.stop()


def test_only_delivered_orders_of_the_day_count(spark: SparkSession) -> None:
    orders = spark.createDataFrame(
        [
            (DAY, "DE", "delivered", Decimal("10.00")),
            (DAY, "DE", "delivered", Decimal("5.50")),
            (DAY, "DE", "cancelled", Decimal("99.00")),
            (DAY, "FR", "delivered", Decimal("7.00")),
            (date(2026, 11, 21), "FR", "delivered", Decimal("1.00")),
        ],
        SCHEMA,
    )
    rows = daily_revenue(orders, DAY).orderBy("country").collect()
    assert rows == [
        Row(order_date=DAY, country="DE", orders=2, revenue_eur=Decimal("15.50")),
        Row(order_date=DAY, country="FR", orders=1, revenue_eur=Decimal("7.00")),
    ]


def test_a_day_without_orders_has_no_rows(spark: SparkSession) -> None:
    assert daily_revenue(spark.createDataFrame([], SCHEMA), DAY).isEmpty()
