"""Scores one day of turbine readings and rebuilds the trend of the fleet."""

import argparse
from datetime import date, timedelta

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from quality.smoothing import health, smoothed, trend
from quality.thresholds import with_limit

SCORES = "wind.gold.turbine_scores"
QUARTER = timedelta(days=91)


def main() -> None:
    """Reads the day from the command line; the day's scores are replaced."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--day", type=date.fromisoformat, required=True)
    day = parser.parse_args().day

    spark = SparkSession.builder.getOrCreate()
    readings = spark.table("wind.silver.readings")
    today = readings.where((F.col("read_at") >= F.lit(day)) & (F.col("read_at") < F.lit(day + timedelta(days=1))))
    quarter = readings.where((F.col("read_at") >= F.lit(day - QUARTER)) & (F.col("read_at") < F.lit(day)))

    scored = (
        with_limit(smoothed(today), quarter)
        .withColumn("above_limit", F.col("smoothed") > F.col("vibration_limit"))
        .withColumn("score", health("smoothed"))
        .withColumn("day", F.lit(day))
        .select("turbine_id", "read_at", "smoothed", "above_limit", "score", "day")
    )
    (
        scored.write.mode("overwrite")
        .option("replaceWhere", f"day = '{day.isoformat()}'")
        .saveAsTable(SCORES)
    )
    trend(spark.table(SCORES)).write.mode("overwrite").saveAsTable("wind.gold.fleet_trend")


if __name__ == "__main__":
    main()
