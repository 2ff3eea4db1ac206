"""Entry points of the retention job."""

import logging
import sys

from pyspark.sql import SparkSession

from hr_retention.plan import read_plan

logger = logging.getLogger("hr_retention")


def delete() -> None:
    """Delete what is older than the plan keeps and under no legal hold."""
    logging.basicConfig(level=logging.INFO)
    spark = SparkSession.builder.getOrCreate()
    for item in read_plan(sys.argv[1]):
        result = spark.sql(
            f"""
            DELETE FROM {item.table} AS t
            WHERE t.{item.date_column} < date_sub(current_date(), :keep_days)
              AND NOT EXISTS (
                SELECT 1 FROM hr.legal.holds AS h
                WHERE h.person_id = t.{item.hold_key} AND (h.released_on IS NULL OR h.released_on > current_date())
              )
            """,
            args={"keep_days": item.keep_days},
        )
        logger.info("%s: %s rows deleted", item.table, result.first()["num_affected_rows"])


def purge() -> None:
    """Rewrite files that still hold deleted rows, and remove files that are out of retention."""
    spark = SparkSession.builder.getOrCreate()
    for item in read_plan(sys.argv[1]):
        spark.sql(f"REORG TABLE {item.table} APPLY (PURGE)")
        spark.sql(f"VACUUM {item.table}")
