"""Readings of all lines in one table."""

from functools import reduce

from pyspark import pipelines as dp
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

BODY = "seq BIGINT, part_number STRING, measured_at TIMESTAMP, quantity STRING, value DOUBLE"
LINES = ("press", "furnace", "paint")


def line_readings(line: str) -> DataFrame:
    """Parsed readings of one line."""
    return (
        spark.readStream.table(f"{line}_raw")
        .select("device_id", F.from_json("body", BODY).alias("b"), "broker_at")
        .select(F.lit(line).alias("line"), "device_id", "b.*", "broker_at")
    )


@dp.table(
    name="readings",
    comment="One row for each reading; gateways may send a reading again within an hour",
    cluster_by=["part_number", "measured_at"],
)
@dp.expect_or_drop("identified", "device_id IS NOT NULL AND seq IS NOT NULL")
@dp.expect("plausible value", "value BETWEEN -300 AND 3000")
def readings():
    every_line = reduce(DataFrame.unionByName, [line_readings(line) for line in LINES])
    return every_line.dropDuplicates(["line", "device_id", "seq"])


@dp.materialized_view(name="part_extremes", comment="Lowest and highest value of each quantity of a part")
def part_extremes():
    return (
        spark.read.table("readings")
        .groupBy("part_number", "quantity")
        .agg(F.min("value").alias("lowest"), F.max("value").alias("highest"), F.count("*").alias("readings"))
    )
