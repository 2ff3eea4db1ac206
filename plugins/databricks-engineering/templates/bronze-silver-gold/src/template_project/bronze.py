"""Bronze: every landed line, once, as it came, with where it came from and when. Nothing is judged or dropped here."""

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F


def landed(spark: SparkSession, folder: str, *, reader: str = "cloudFiles") -> DataFrame:
    """The lines of the files in a folder as a stream; a line that is no JSON arrives too.

    `cloudFiles` is Auto Loader, which only Databricks has: tests read by `text`, to which its option means nothing.
    """
    lines = spark.readStream.format(reader).option("cloudFiles.format", "text").load(folder)
    return lines.select(
        F.col("value").alias("raw"),
        F.col("_metadata.file_path").alias("source_file"),
        F.current_timestamp().alias("ingested_at"),
    )


def ingest(lines: DataFrame, *, checkpoint: str, table: str) -> None:
    """Append what is new since the last call, and return; the checkpoint belongs to this source and table alone."""
    query = lines.writeStream.option("checkpointLocation", checkpoint).trigger(availableNow=True).toTable(table)
    query.awaitTermination()
