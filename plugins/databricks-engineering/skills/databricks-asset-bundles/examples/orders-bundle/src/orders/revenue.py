"""The transformation: a function of a DataFrame and a day, so that it runs without a workspace."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import functions as F

if TYPE_CHECKING:
    from datetime import date

    from pyspark.sql import DataFrame


def daily_revenue(orders: DataFrame, day: date) -> DataFrame:
    """One row per country with the day's delivered orders: their number and their revenue in euros."""
    delivered = orders.where((F.col("order_date") == F.lit(day)) & (F.col("status") == "delivered"))
    return delivered.groupBy("order_date", "country").agg(
        F.count("*").alias("orders"), F.sum("amount_eur").alias("revenue_eur")
    )
