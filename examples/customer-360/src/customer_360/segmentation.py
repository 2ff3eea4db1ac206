"""Recency, frequency and value segments per person."""

from __future__ import annotations

from datetime import date

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from customer_360.config import Config, parse_config


def person_orders(spark: SparkSession, config: Config) -> DataFrame:
    """Orders with the person who placed them."""
    orders = spark.table(f"{config.catalog}.silver.orders")
    persons = spark.table(f"{config.catalog}.silver.person_customers")
    return orders.join(persons, "customer_id").select("person_id", "order_id", "order_date", "amount")


def value_thresholds(orders: DataFrame) -> tuple[float, float]:
    """The median and the 90th percentile of what a person has spent."""
    spent = orders.groupBy("person_id").agg(F.sum("amount").alias("value"))
    row = spent.agg(F.percentile_approx("value", [0.5, 0.9]).alias("limits")).collect()[0]
    middle, top = row["limits"] or (0.0, 0.0)
    return float(middle), float(top)


def segment(orders: DataFrame, today: date, middle: float, top: float) -> DataFrame:
    """One row per person with the segment, by the rules agreed with marketing."""
    facts = orders.groupBy("person_id").agg(
        F.datediff(F.lit(today), F.max("order_date")).alias("recency_days"),
        F.countDistinct("order_id").alias("order_count"),
        F.sum("amount").alias("value"),
    )
    recent = F.col("recency_days") <= 90
    return facts.withColumn(
        "segment",
        F.when(recent & (F.col("value") >= top), "champion")
        .when(recent & (F.col("value") >= middle), "loyal")
        .when(recent, "promising")
        .when((F.col("recency_days") <= 365) & (F.col("value") >= middle), "at_risk")
        .when(F.col("recency_days").isNotNull(), "dormant"),
    )


def save_segments(config: Config, segments: DataFrame) -> None:
    """Replace the current segments and add the day to their history."""
    segments.write.mode("overwrite").saveAsTable(f"{config.catalog}.gold.customer_segments")
    snapshot = segments.withColumn("snapshot_date", F.lit(config.run_date))
    snapshot.write.mode("append").saveAsTable(f"{config.catalog}.gold.segment_history")


def main() -> None:
    """Build the segments of the day."""
    spark = SparkSession.builder.getOrCreate()
    config = parse_config()
    orders = person_orders(spark, config)
    middle, top = value_thresholds(orders)
    segments = segment(orders, config.run_date, middle, top)
    unsegmented = segments.filter(F.col("segment").isNull())
    if unsegmented.count() > 0:
        raise ValueError("there are persons without a segment: look for orders without a date")
    save_segments(config, segments)


if __name__ == "__main__":
    main()
