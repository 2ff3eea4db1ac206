"""Source of the pipeline `marts`. It runs in a declarative pipeline only; the skill delta-live-tables says more."""

from pyspark import pipelines as dp
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F


@dp.materialized_view(comment="Revenue by country and month.")
def monthly_revenue() -> DataFrame:
    """One row per country and month."""
    spark = SparkSession.active()
    revenue = spark.read.table("daily_revenue")
    return revenue.groupBy(F.trunc("order_date", "month").alias("month"), "country").agg(
        F.sum("revenue_eur").alias("revenue_eur")
    )
