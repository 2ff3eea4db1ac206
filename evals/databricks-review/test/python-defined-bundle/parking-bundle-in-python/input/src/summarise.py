"""Write the occupancy of one drop day per car park."""

import argparse

from pyspark.sql import SparkSession
from pyspark.sql import functions as F


def main() -> None:
    """Rewrite one day of the summary; parks without a stay count as empty."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--catalog", required=True)
    parser.add_argument("--day", required=True)
    args = parser.parse_args()

    spark = SparkSession.builder.getOrCreate()
    parks = spark.table(f"{args.catalog}.parking.parks").select("park_id", "places")
    stays = spark.table(f"{args.catalog}.parking.stays").where(F.col("drop_day") == F.lit(args.day).cast("date"))
    per_park = stays.groupBy("park_id").agg(F.count("*").alias("stays"))

    summary = parks.join(F.broadcast(per_park), "park_id", "left").select(
        "park_id",
        F.lit(args.day).cast("date").alias("day"),
        F.coalesce("stays", F.lit(0)).alias("stays"),
        (F.coalesce("stays", F.lit(0)) / F.col("places")).alias("stays_per_place"),
    )
    (
        summary.write.mode("overwrite")
        .option("replaceWhere", f"day = DATE'{args.day}'")
        .saveAsTable(f"{args.catalog}.parking.daily_occupancy")
    )


if __name__ == "__main__":
    main()
