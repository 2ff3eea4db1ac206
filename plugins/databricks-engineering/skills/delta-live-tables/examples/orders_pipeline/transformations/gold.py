"""Gold: a table for each question. Batch queries, so that late orders and corrections are always counted."""

from pyspark import pipelines as dp
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

spark = SparkSession.active()


@dp.materialized_view(comment="Revenue of paid orders: one row a day.")
def daily_revenue() -> DataFrame:
    paid = spark.read.table("orders").filter("status = 'paid'")
    return paid.groupBy(F.to_date("ordered_at").alias("day")).agg(
        F.sum("amount").alias("revenue"), F.count("*").alias("orders")
    )
