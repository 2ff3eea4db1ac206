"""Brings the shop's tables up to date."""

from __future__ import annotations

@@IMPORTS@@
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as sf


def open_orders(orders: DataFrame) -> DataFrame:
    """Orders that are not closed."""
    return orders.where(sf.col("closed_at").isNull()).select("order_id", "closed_at")


def main(spark: SparkSession) -> None:
    """One step of the refresh."""
    @@HERE@@


if __name__ == "__main__":
    main(SparkSession.builder.getOrCreate())
