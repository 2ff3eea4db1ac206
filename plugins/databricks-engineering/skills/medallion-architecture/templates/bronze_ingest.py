"""Bronze of one source as a job task: new files of a volume are appended, each once. Needs Databricks (Auto Loader).

Parameters: the catalog and the source's name. Declarative: ../../delta-live-tables/templates/bronze_silver.py.
"""

import argparse

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F


def landed(spark: SparkSession, catalog: str, source: str) -> DataFrame:
    """New lines of the landing folder, as text: a line that is no JSON arrives too."""
    return (
        spark.readStream.format("cloudFiles")
        .option("cloudFiles.format", "text")
        .load(f"/Volumes/{catalog}/landing/files/{source}")
        .select(
            F.col("value").alias("raw"),
            F.try_parse_json("value").alias("payload"),
            F.col("_metadata.file_path").alias("source_file"),
            F.current_timestamp().alias("ingested_at"),
        )
    )


def ingest(spark: SparkSession, catalog: str, source: str) -> None:
    """Append what is new and return. The checkpoint belongs to this source and table alone."""
    query = (
        landed(spark, catalog, source)
        .writeStream.option("checkpointLocation", f"/Volumes/{catalog}/ops/checkpoints/bronze_{source}")
        .trigger(availableNow=True)
        .toTable(f"{catalog}.bronze.{source}")
    )
    query.awaitTermination()


def main() -> None:
    parser = argparse.ArgumentParser(description="Append new files of a source to its bronze table.")
    parser.add_argument("--catalog", required=True)
    parser.add_argument("--source", required=True)
    arguments = parser.parse_args()
    ingest(SparkSession.builder.getOrCreate(), arguments.catalog, arguments.source)


if __name__ == "__main__":
    main()
