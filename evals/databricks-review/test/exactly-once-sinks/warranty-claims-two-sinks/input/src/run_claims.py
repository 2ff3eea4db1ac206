"""Starts the claim streams and ends with the first that fails."""

import sys

from pyspark.sql import SparkSession

from warranty.claims import ClaimBooks, read_claims
from warranty.parts import start_part_usage

if __name__ == "__main__":
    catalog = sys.argv[1]
    spark = SparkSession.builder.getOrCreate()
    checkpoints = f"/Volumes/{catalog}/warranty/checkpoints"
    claims = read_claims(spark, catalog)
    ClaimBooks(catalog).start(claims, f"{checkpoints}/claim_books")
    start_part_usage(claims, catalog, f"{checkpoints}/part_usage")
    spark.streams.awaitAnyTermination()
