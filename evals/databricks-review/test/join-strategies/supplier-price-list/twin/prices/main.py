"""Replaces the price list and reports what is gone."""

import argparse
from datetime import date

from pyspark.sql import SparkSession

from prices.convert import in_eur, with_last_order
from prices.report import PRICE_LIST, write_counts, write_gone


def main() -> None:
    """Reads the day from the command line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--day", type=date.fromisoformat, required=True)
    day = parser.parse_args().day
    spark = SparkSession.builder.getOrCreate()

    earlier = spark.sql(f"DESCRIBE HISTORY {PRICE_LIST}").where(f"timestamp < DATE'{day.isoformat()}'")
    version = earlier.agg({"version": "max"}).first()[0]
    before = spark.read.option("versionAsOf", version).table(PRICE_LIST).select("supplier_id", "article_no")
    prices = in_eur(spark.table("parts.silver.supplier_prices"), spark.table("parts.silver.rates"))
    complete = with_last_order(prices, spark.table("parts.silver.order_lines"))
    complete.write.mode("overwrite").saveAsTable(PRICE_LIST)

    write_gone(before, spark.table(PRICE_LIST), day)
    write_counts(spark)


if __name__ == "__main__":
    main()
