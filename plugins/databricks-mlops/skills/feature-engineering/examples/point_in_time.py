"""Point-in-time join in plain Spark: what a time series lookup does, and what the plain join leaks.

`python point_in_time.py` with pyspark 4 and Java 17; no Databricks.
"""

from __future__ import annotations

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F


def session() -> SparkSession:
    """A small local session in UTC."""
    return (
        SparkSession.builder.master("local[2]")
        .appName("point-in-time")
        .config("spark.sql.shuffle.partitions", "2")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.session.timeZone", "UTC")
        .getOrCreate()
    )


def newest_values(labels: DataFrame, features: DataFrame) -> DataFrame:
    """The mistake: each label gets its customer's newest value, from whenever."""
    newest = features.groupBy("customer_id").agg(F.max_by("orders_90d", "observed_at").alias("orders_90d"))
    return labels.join(newest, "customer_id", "left")


def values_as_of(labels: DataFrame, features: DataFrame, *, delay_hours: int = 0, lookback_days: int = 60) -> DataFrame:
    """Each label with the newest value that could be read at `scored_at` and is not older than the lookback; null
    if there is none.

    `labels` has one row per customer_id and scored_at; `features` one per customer_id and observed_at.
    """
    available = F.col("observed_at") + F.make_dt_interval(hours=F.lit(delay_hours))
    oldest = F.col("scored_at") - F.make_dt_interval(days=F.lit(lookback_days))
    known = labels.select("customer_id", "scored_at").join(features, "customer_id")
    known = known.where((available <= F.col("scored_at")) & (F.col("observed_at") >= oldest))
    values = known.groupBy("customer_id", "scored_at").agg(F.max_by("orders_90d", "observed_at").alias("orders_90d"))
    return labels.join(values, ["customer_id", "scored_at"], "left")


def sample(spark: SparkSession) -> tuple[DataFrame, DataFrame]:
    """Labels at two moments, and features before, between and after them."""
    labels = spark.createDataFrame(
        [(1, "2026-03-10 12:00:00", 0), (1, "2026-05-10 12:00:00", 1), (2, "2026-03-10 12:00:00", 0)],
        "customer_id bigint, scored_at string, churned int",
    ).withColumn("scored_at", F.to_timestamp("scored_at"))
    features = spark.createDataFrame(
        [
            (1, "2026-03-01 00:00:00", 7),
            (1, "2026-03-10 00:00:00", 6),
            (1, "2026-05-01 00:00:00", 1),
            (1, "2026-06-01 00:00:00", 0),
            (2, "2025-11-01 00:00:00", 9),
        ],
        "customer_id bigint, observed_at string, orders_90d int",
    ).withColumn("observed_at", F.to_timestamp("observed_at"))
    return labels, features


def main() -> None:
    """Show both joins, and fail if the right one ever returns a value from the future."""
    spark = session()
    labels, features = sample(spark)
    print("newest value (leaks):")
    newest_values(labels, features).orderBy("customer_id", "scored_at").show()
    print("as of the moment:")
    correct = values_as_of(labels, features).orderBy("customer_id", "scored_at")
    correct.show()
    values = [row["orders_90d"] for row in correct.collect()]
    assert values == [6, 1, None], values
    spark.stop()


if __name__ == "__main__":
    main()
