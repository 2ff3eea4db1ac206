"""Writes one CSV file of offers for each partner, every night."""

import argparse
import logging
from datetime import date

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from exports.checks import CONTRACT, check_columns, check_prices
from exports.partners import Partner, active_partners

LOG = logging.getLogger("exports")
FORMATS = {"sep": ";", "header": "true", "timestampFormat": "yyyy-MM-dd'T'HH:mm:ssXXX"}


def write_file(offers: DataFrame, partner: Partner, day: date) -> None:
    """One file for one partner: their importer reads a single CSV of at most some ten thousand lines."""
    (
        offers.where(F.col("partner_code") == partner.code)
        .coalesce(1)
        .sortWithinPartitions("offer_id")
        .write.mode("overwrite")
        .options(**FORMATS)
        .csv(f"/Volumes/travel/exports/partners/{partner.folder}/{day.isoformat()}")
    )


def summary(offers: DataFrame) -> str:
    """A line for each partner, for the log."""
    counts = offers.groupBy("partner_code").agg(F.count("*").alias("offers")).orderBy("partner_code").toPandas()
    return counts.to_string(index=False)


def main() -> None:
    """Checks the contract and the data, then writes the files; a second run of a day replaces its files."""
    logging.basicConfig(level=logging.INFO)
    parser = argparse.ArgumentParser()
    parser.add_argument("--day", type=date.fromisoformat, required=True)
    day = parser.parse_args().day

    spark = SparkSession.builder.getOrCreate()
    check_columns(spark)
    offers = spark.sql(f"SELECT * FROM {CONTRACT}").where(F.col("arrival") > F.lit(day))
    check_prices(offers)
    for partner in active_partners(spark, day):
        write_file(offers, partner, day)
    LOG.info("offers by partner\n%s", summary(offers))


if __name__ == "__main__":
    main()
