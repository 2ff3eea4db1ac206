from __future__ import annotations

from datetime import date

import pytest
from pyspark.sql import SparkSession

from customer_360.segmentation import segment, value_thresholds

ORDERS = "person_id LONG, order_id STRING, order_date DATE, amount DOUBLE"
TODAY = date(2026, 11, 1)


@pytest.mark.parametrize(
    ("order_date", "amount", "expected"),
    [
        (date(2026, 10, 20), 900.0, "champion"),
        (date(2026, 10, 20), 300.0, "loyal"),
        (date(2026, 10, 20), 20.0, "promising"),
        (date(2026, 3, 1), 300.0, "at_risk"),
        (date(2024, 3, 1), 900.0, "dormant"),
    ],
)
def test_segment(spark: SparkSession, order_date: date, amount: float, expected: str) -> None:
    orders = spark.createDataFrame([(1, "o-1", order_date, amount)], ORDERS)
    assert segment(orders, TODAY, middle=100.0, top=500.0).first()["segment"] == expected


def test_value_thresholds_are_zero_without_orders(spark: SparkSession) -> None:
    assert value_thresholds(spark.createDataFrame([], ORDERS)) == (0.0, 0.0)
