"""Prices of all suppliers in EUR."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F


def in_eur(prices: DataFrame, rates: DataFrame) -> DataFrame:
    """Each price in EUR; a price in a currency without a rate stops the run later, where the column is NOT NULL."""
    known = rates.withColumnRenamed("currency", "rate_currency").alias("r")
    return (
        prices.alias("p")
        .join(known, F.expr("p.currency = r.rate_currency"), "left")
        .select(
            "supplier_id",
            "article_no",
            F.round(F.col("price") * F.col("to_eur"), 4).cast("decimal(14,4)").alias("price_eur"),
        )
    )


def with_last_order(prices: DataFrame, order_lines: DataFrame) -> DataFrame:
    """Prices with the day on which the article was last ordered, NULL when it never was."""
    key = ["supplier_id", "article_no"]
    return (
        prices.join(order_lines.select(*key, "ordered_on"), key, "left")
        .groupBy(*key, "price_eur")
        .agg(F.max("ordered_on").alias("last_ordered"))
    )
