"""Entry point of the wheel task."""

import argparse

from pyspark.sql import SparkSession

from settlement.settings import Settings
from settlement.source import read_settlements
from settlement.streams import start_disputes, start_ledger


def run() -> None:
    """Start both queries and stop with the first that fails."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--catalog", required=True)
    parser.add_argument("--brokers", required=True)
    arguments = parser.parse_args()
    settings = Settings(catalog=arguments.catalog, brokers=arguments.brokers)
    spark = SparkSession.builder.getOrCreate()
    start_ledger(read_settlements(spark, settings), settings)
    start_disputes(read_settlements(spark, settings), settings)
    spark.streams.awaitAnyTermination()
