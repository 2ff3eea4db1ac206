"""Removes single spikes from a turbine's signal."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F
from pyspark.sql.functions import pandas_udf
from pyspark.sql.types import DoubleType
from scipy.ndimage import median_filter

SCHEMA = "turbine_id STRING, read_at TIMESTAMP, vibration DOUBLE, smoothed DOUBLE"


def smooth(turbine: pd.DataFrame) -> pd.DataFrame:
    """The readings of one turbine, in order, with the median of five neighbours."""
    ordered = turbine.sort_values("read_at")
    return ordered.assign(smoothed=median_filter(ordered["vibration"].to_numpy(), size=5, mode="nearest"))


def smoothed(readings: DataFrame) -> DataFrame:
    """A day of readings, turbine by turbine: 8,640 rows fit a worker many times over."""
    columns = readings.where("vibration IS NOT NULL").select("turbine_id", "read_at", "vibration")
    return columns.groupBy("turbine_id").applyInPandas(smooth, SCHEMA)


@pandas_udf(DoubleType())
def health(batches: Iterator[pd.Series]) -> Iterator[pd.Series]:
    """A score between 0 and 1; the table of support points is made once for each worker."""
    points, scores = np.linspace(0.0, 12.0, 241), np.exp(-np.linspace(0.0, 3.0, 241))
    for batch in batches:
        yield pd.Series(np.interp(batch, points, scores))


def trend(days: DataFrame) -> DataFrame:
    """Mean score of the fleet for each day, with the mean of the last seven days that have scores."""
    per_day = days.groupBy("day").agg(F.avg("score").alias("score"))
    week = Window.orderBy("day").rowsBetween(-6, Window.currentRow)
    return per_day.withColumn("score_7d", F.avg("score").over(week))
