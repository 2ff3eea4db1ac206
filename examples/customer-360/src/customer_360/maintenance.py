"""Weekly removal of old files, so that erased customers are gone from storage."""

from __future__ import annotations

import logging

from pyspark.sql import SparkSession

from customer_360.config import parse_config

logger = logging.getLogger(__name__)

TABLES = ("silver.customers", "silver.orders", "silver.web_events", "gold.customer_360")
KEEP_HOURS = 24


def main() -> None:
    """Vacuum the tables that hold personal data and log how large they are."""
    spark = SparkSession.builder.getOrCreate()
    config = parse_config()
    spark.conf.set("spark.databricks.delta.retentionDurationCheck.enabled", "false")
    for table in TABLES:
        spark.sql(f"VACUUM {config.catalog}.{table} RETAIN {KEEP_HOURS} HOURS")
        detail = spark.sql(f"DESCRIBE DETAIL {config.catalog}.{table}").collect()[0]
        logger.info("%s: %d files, %d bytes", table, detail["numFiles"], detail["sizeInBytes"])


if __name__ == "__main__":
    main()
