"""Recomputes a range of business days of retail.finance.daily_revenue."""

import argparse
import logging
from datetime import date
from zoneinfo import available_timezones

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from revenue.daily import captured, lines_of, per_store, with_refunds

LOG = logging.getLogger("revenue")
TARGET = "retail.finance.daily_revenue"


def check_time_zones(stores: DataFrame) -> None:
    """Stops before anything is written if a store has a time zone that nobody knows."""
    names = {row.time_zone for row in stores.select("time_zone").distinct().collect()}
    unknown = names - available_timezones()
    if unknown:
        raise ValueError(f"unknown time zones in retail.sales.stores: {sorted(unknown)}")


def replace_days(revenue: DataFrame, first: date, last: date) -> None:
    """Puts the recomputed days in the place of the old ones."""
    (
        revenue.where(F.col("business_date").between(F.lit(first), F.lit(last)))
        .write.mode("overwrite")
        .option("replaceWhere", f"business_date BETWEEN '{first.isoformat()}' AND '{last.isoformat()}'")
        .saveAsTable(TARGET)
    )


def main() -> None:
    """Reads the range from the command line and recomputes it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--first", type=date.fromisoformat, required=True)
    parser.add_argument("--last", type=date.fromisoformat, required=True)
    arguments = parser.parse_args()

    spark = SparkSession.builder.getOrCreate()
    stores = spark.table("retail.sales.stores")
    check_time_zones(stores)
    lines = lines_of(spark.table("retail.sales.order_lines"), stores, arguments.first, arguments.last)
    paid = captured(lines, spark.table("retail.sales.payments"))
    revenue = per_store(with_refunds(paid, spark.table("retail.sales.refunds")))
    replace_days(revenue, arguments.first, arguments.last)
    LOG.info("replaced %s to %s", arguments.first, arguments.last)


if __name__ == "__main__":
    main()
