"""Three layers as pure functions: a frame in, a frame out. Reading and writing stay outside: all is tested locally."""

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

STATUSES = ("placed", "paid", "cancelled")


def bronze(lines: DataFrame) -> DataFrame:
    """Landed lines (`value`, `source_file`) with their payload; what does not parse stays, with a NULL payload."""
    return lines.select("source_file", F.col("value").alias("raw"), F.try_parse_json("value").alias("payload"))


def typed(landed: DataFrame) -> DataFrame:
    """One typed row for each bronze row; a value of another type becomes NULL and is judged by `valid`."""

    def field(name: str, kind: str) -> Column:
        return F.try_variant_get("payload", f"$.{name}", kind).alias(name)

    return landed.select(
        field("order_id", "string"),
        field("status", "string"),
        field("amount", "decimal(12,2)"),
        field("ordered_at", "timestamp"),
        field("changed_at", "timestamp"),
        "source_file",
        "raw",
    )


def valid() -> Column:
    """Whether a typed row may enter silver; never NULL."""
    rule = (
        F.col("order_id").isNotNull()
        & F.col("ordered_at").isNotNull()
        & F.col("changed_at").isNotNull()
        & F.col("status").isin(*STATUSES)
        & F.col("amount").between(0, 100_000)
    )
    return F.coalesce(rule, F.lit(False))


def silver(rows: DataFrame) -> DataFrame:
    """The newest valid change of each order; file and text decide ties, so that every run picks the same one."""
    newest_first = Window.partitionBy("order_id").orderBy(
        F.col("changed_at").desc(), F.col("source_file").desc(), F.col("raw").desc()
    )
    ranked = rows.filter(valid()).withColumn("rank", F.row_number().over(newest_first))
    return ranked.filter("rank = 1").drop("rank", "raw", "source_file")


def quarantine(rows: DataFrame) -> DataFrame:
    """The rows that silver refuses, as they came."""
    return rows.filter(~valid()).select("source_file", "raw")


def gold(orders: DataFrame) -> DataFrame:
    """Revenue of paid orders: one row a day (UTC)."""
    paid = orders.filter("status = 'paid'")
    return paid.groupBy(F.to_date("ordered_at").alias("day")).agg(
        F.sum("amount").alias("revenue"), F.count("*").alias("orders")
    )
