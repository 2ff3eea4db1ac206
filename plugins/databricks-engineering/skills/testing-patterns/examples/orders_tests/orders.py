"""The code under test: a transformation, a stream and a query, none of which knows where it runs."""

from pathlib import Path

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

EVENTS = "order_id STRING, amount DECIMAL(12, 2), currency STRING, ordered_at TIMESTAMP"
QUERY = Path(__file__).parent / "top_customers.sql"


def in_euro(orders: DataFrame, rates: DataFrame) -> DataFrame:
    """Orders with `amount_eur` by the rate of their day; NULL where there is no rate, so that it is seen."""
    day = F.to_date("ordered_at")
    rated = orders.join(rates, (orders["currency"] == rates["currency"]) & (day == rates["day"]), "left")
    amount = F.round(F.col("amount") * F.col("rate"), 2).cast("decimal(12,2)")
    return rated.select("order_id", orders["currency"], amount.alias("amount_eur"), "ordered_at")


def load(spark: SparkSession, landing: str, checkpoint: str, target: str) -> None:
    """Append the files of a folder that are new since the last call, and return."""
    query = (
        spark.readStream.schema(EVENTS)
        .json(landing)
        .writeStream.format("parquet")
        .option("checkpointLocation", checkpoint)
        .option("path", target)
        .trigger(availableNow=True)
        .start()
    )
    query.awaitTermination()


def top_customers(spark: SparkSession, orders: str, number: int) -> DataFrame:
    """The customers with the highest revenue, from the query that production runs."""
    return spark.sql(QUERY.read_text(encoding="utf-8"), {"orders": orders, "number": number})
