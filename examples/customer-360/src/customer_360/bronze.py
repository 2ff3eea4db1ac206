"""Bronze: every landed file once, as it came, with where it came from."""

from __future__ import annotations

from dataclasses import dataclass

from pyspark.sql import SparkSession
from pyspark.sql import functions as F
from pyspark.sql import types as T
from pyspark.sql.streaming import StreamingQuery

from customer_360 import schemas
from customer_360.config import Config, parse_config


@dataclass(frozen=True)
class Feed:
    """A folder of the landing volume that becomes a bronze table of the same name."""

    name: str
    file_format: str
    schema: T.StructType


FEEDS = (
    Feed("orders", "json", schemas.ORDERS),
    Feed("customers", "json", schemas.CUSTOMERS),
    Feed("consents", "csv", schemas.CONSENTS),
    Feed("web_events", "parquet", schemas.WEB_EVENTS),
)


def ingest(spark: SparkSession, config: Config, feed: Feed) -> StreamingQuery:
    """Start loading what has landed since the last run; the query ends by itself."""
    state = f"{config.checkpoints}/bronze/{feed.name}"
    files = (
        spark.readStream.format("cloudFiles")
        .option("cloudFiles.format", feed.file_format)
        .option("cloudFiles.schemaLocation", f"{state}/schema")
        .option("cloudFiles.schemaEvolutionMode", "rescue")
        .option("cloudFiles.maxBytesPerTrigger", "20g")
        .option("rescuedDataColumn", "_rescued_data")
        .schema(feed.schema)
        .load(f"{config.landing}/{feed.name}")
    )
    return (
        files.withColumns(
            {"_source_file": F.col("_metadata.file_path"), "_ingested_at": F.current_timestamp()}
        )
        .writeStream.queryName(f"bronze_{feed.name}")
        .option("checkpointLocation", f"{state}/commits")
        .trigger(availableNow=True)
        .toTable(f"{config.catalog}.bronze.{feed.name}")
    )


def report_rescued(spark: SparkSession, config: Config) -> None:
    """Fail the task when today's files had fields that the schemas do not know."""
    for feed in FEEDS:
        rescued = (
            spark.table(f"{config.catalog}.bronze.{feed.name}")
            .filter(F.col("_rescued_data").isNotNull() & (F.to_date("_ingested_at") == F.current_date()))
            .limit(20)
            .collect()
        )
        if rescued:
            files = sorted({row["_source_file"] for row in rescued})
            raise ValueError(f"unknown fields in feed {feed.name}: {files}")


def main() -> None:
    """Load all feeds side by side, wait for them, then look at what did not fit."""
    spark = SparkSession.builder.getOrCreate()
    config = parse_config()
    queries = [ingest(spark, config, feed) for feed in FEEDS]
    for query in queries:
        query.awaitTermination()
    report_rescued(spark, config)


if __name__ == "__main__":
    main()
