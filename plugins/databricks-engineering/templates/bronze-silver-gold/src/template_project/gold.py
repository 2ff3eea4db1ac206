"""Gold: one table a question. Days are those of the session's time zone, which `main` sets to UTC."""

from datetime import date

from pyspark.sql import DataFrame
from pyspark.sql import functions as F


def daily_revenue(orders: DataFrame, *, from_day: date) -> DataFrame:
    """Revenue and number of paid orders from a day on: one row a day that has one."""
    paid = orders.filter((F.col("status") == "paid") & (F.col("ordered_at") >= F.lit(from_day)))
    return paid.groupBy(F.to_date("ordered_at").alias("order_date")).agg(
        F.sum("amount").alias("revenue"), F.count("*").alias("orders")
    )
