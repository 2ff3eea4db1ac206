"""Entry point: recompute the price of every lane."""

import argparse

import holidays
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F


def quarter_bookings(bookings: DataFrame, closed_days: list[str]) -> DataFrame:
    """Bookings of the last 92 days without public holidays, whose prices are not representative."""
    recent = bookings.where(F.col("booked_on") >= F.date_sub(F.current_date(), 92))
    return recent.where(~F.col("booked_on").cast("string").isin(closed_days))


def lane_prices(bookings: DataFrame) -> DataFrame:
    """Median price per kilometre and the number of bookings behind it."""
    return bookings.groupBy("origin", "destination").agg(
        F.expr("percentile_approx(price / distance_km, 0.5)").alias("price_per_km"),
        F.count("*").alias("bookings"),
    )


def main() -> None:
    """Read the bookings, price the lanes, replace the price table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--catalog", required=True)
    parser.add_argument("--schema", required=True)
    args = parser.parse_args()

    spark = SparkSession.builder.getOrCreate()
    year = spark.sql("SELECT year(current_date())").first()[0]
    closed = [day.isoformat() for day in holidays.country_holidays("DE", years=[year - 1, year])]

    bookings = spark.table(f"{args.catalog}.operations.bookings").where("distance_km > 0")
    prices = lane_prices(quarter_bookings(bookings, closed))
    prices.write.mode("overwrite").saveAsTable(f"{args.catalog}.{args.schema}.lane_prices")
