"""Daily revenue per store, for the finance close."""

from datetime import date

from pyspark.sql import DataFrame
from pyspark.sql import functions as F


def lines_of(lines: DataFrame, stores: DataFrame, first: date, last: date) -> DataFrame:
    """Order lines of the business days from first to last, both included."""
    return (
        lines.join(F.broadcast(stores.select("store_id", "time_zone")), "store_id")
        .withColumn("business_date", F.to_date("ordered_at"))
        .select("order_id", "line_no", "store_id", "line_amount", "business_date", "ordered_at")
        # An order line is a few bytes: a week of all stores is some 60 million rows.
        .where(F.col("ordered_at").between(F.lit(first), F.lit(last)))
    )


def captured(lines: DataFrame, payments: DataFrame) -> DataFrame:
    """The lines of orders for which money arrived."""
    arrived = payments.where(F.col("captured_amount") > 0).select("order_id")
    return lines.join(arrived, "order_id")


def with_refunds(lines: DataFrame, refunds: DataFrame) -> DataFrame:
    """Lines with the amount that stays after refunds."""
    return lines.join(refunds, ["order_id", "line_no"], "left").withColumn(
        "net_amount", F.col("line_amount") - F.col("refund_amount")
    )


def per_store(lines: DataFrame) -> DataFrame:
    """One row for each store and business day."""
    return lines.groupBy("store_id", "business_date").agg(
        F.sum(F.col("line_amount").cast("double")).alias("gross"),
        F.sum("net_amount").alias("net"),
    )
