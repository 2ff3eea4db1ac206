"""Limits for sensor values, taken from the readings of the last quarter."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F


def limits(readings: DataFrame) -> DataFrame:
    """One row: the vibration below which 99.5 % of all good readings lie."""
    return readings.where("quality = 'good'").agg(F.percentile_approx("vibration", 0.995, 10_000).alias("vibration_limit"))


def with_limit(readings: DataFrame, reference: DataFrame) -> DataFrame:
    """Readings with the limit beside each of them."""
    return readings.crossJoin(limits(reference))
