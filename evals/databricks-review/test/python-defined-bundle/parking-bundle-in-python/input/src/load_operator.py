"""Load the file that an operator drops shortly after midnight; the folder is named by the day of the drop."""

import argparse

from pyspark.sql import SparkSession
from pyspark.sql import functions as F


def main() -> None:
    """Rewrite one operator's slice of one drop day."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--catalog", required=True)
    parser.add_argument("--operator", required=True, choices=["city", "station", "hospital"])
    parser.add_argument("--day", required=True)
    args = parser.parse_args()

    spark = SparkSession.builder.getOrCreate()
    # The feed repeats whole rows when an operator restarts its export; stay_id names a row within one drop.
    stays = (
        spark.read.option("header", True)
        .schema("stay_id STRING, park_id STRING, entered_at TIMESTAMP, left_at TIMESTAMP")
        .csv(f"/Volumes/{args.catalog}/landing/parking/{args.operator}/{args.day}/")
        .dropDuplicates(["stay_id"])
        .withColumn("operator", F.lit(args.operator))
        .withColumn("drop_day", F.lit(args.day).cast("date"))
    )
    # The operators load at the same time; a partition each keeps their commits apart.
    (
        stays.write.mode("overwrite")
        .partitionBy("operator")
        .option("replaceWhere", f"operator = '{args.operator}' AND drop_day = DATE'{args.day}'")
        .saveAsTable(f"{args.catalog}.parking.stays")
    )


if __name__ == "__main__":
    main()
