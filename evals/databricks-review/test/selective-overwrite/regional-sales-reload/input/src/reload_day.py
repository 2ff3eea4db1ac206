"""Run by hand when a region sends a day again: replaces that day with the files of the correction folder.

    python reload_day.py --region apac --day 2026-10-17
"""

import argparse
from datetime import date

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from load_region import COLUMNS, REGIONS, SALES

CORRECTIONS = "/Volumes/sales/landing/corrections"


def reload_day(spark: SparkSession, region: str, day: date) -> None:
    """Replaces the sales of one region and day."""
    (
        spark.read.schema(COLUMNS)
        .option("header", "true")
        .option("mode", "FAILFAST")
        .csv(f"{CORRECTIONS}/{region}/{day.isoformat()}.csv")
        .where((F.col("sale_date") == F.lit(day)) & (F.col("kind") == "sale"))
        .withColumn("region", F.lit(region))
        .withColumn("sale_month", F.date_format("sale_date", "yyyy-MM"))
        .select("region", "sale_date", "sale_month", "shop_id", "product_code", "quantity", "amount")
        .write.mode("overwrite")
        .option("replaceWhere", f"region = '{region}' AND sale_month = '{day:%Y-%m}'")
        .saveAsTable(SALES)
    )


def main() -> None:
    """Reads region and day from the command line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--region", choices=REGIONS, required=True)
    parser.add_argument("--day", type=date.fromisoformat, required=True)
    arguments = parser.parse_args()
    reload_day(SparkSession.builder.getOrCreate(), arguments.region, arguments.day)


if __name__ == "__main__":
    main()
