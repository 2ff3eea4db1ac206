"""Entry point of the nightly job."""

import argparse
from datetime import date

from pyspark.sql import SparkSession

from dimension.contacts import load
from dimension.customer import CustomerDimension


def main() -> None:
    """Loads the dimension first, then the facts that look their keys up in it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--day", type=date.fromisoformat, required=True)
    day = parser.parse_args().day
    spark = SparkSession.builder.getOrCreate()
    CustomerDimension(spark).load()
    load(spark, day)


if __name__ == "__main__":
    main()
