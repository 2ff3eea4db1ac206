"""Gold: a table a question. Batch queries, so that late orders and corrections are always counted."""

from pyspark import pipelines as dp
from pyspark.sql import DataFrame, SparkSession

from template_project import daily_revenue as revenue_of

spark = SparkSession.active()
GOLD = spark.conf.get("orders.gold")  # a schema of its own, because others may read it


@dp.materialized_view(
    name=f"{GOLD}.daily_revenue",
    comment="How much did paid orders bring in each day? One row a day that has one.",
    schema="""
        order_date DATE COMMENT 'Day of the order (UTC)',
        revenue DECIMAL(22, 2) COMMENT 'EUR, paid orders',
        orders BIGINT COMMENT 'Number of paid orders'
    """,
    cluster_by=["order_date"],
)
def daily_revenue() -> DataFrame:
    """Revenue of each day."""
    return revenue_of(spark.read.table("orders"))
