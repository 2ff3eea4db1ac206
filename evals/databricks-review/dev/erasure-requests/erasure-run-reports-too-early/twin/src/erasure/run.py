"""Work through the open erasure requests, oldest first."""

import logging
import sys
from pathlib import Path

import yaml
from pyspark.sql import SparkSession

from erasure.tables import Table, erase_person

logger = logging.getLogger("erasure")


def registered_tables(path: Path) -> list[Table]:
    """The tables that the privacy file names."""
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    return [Table(name=entry["name"], kind=entry["kind"]) for entry in document["tables"]]


def open_requests(spark: SparkSession) -> list[tuple[str, str]]:
    """At most 500 requests of a night, oldest first."""
    rows = (
        spark.table("privacy.erasure.requests")
        .where("status = 'open'")
        .orderBy("received_at")
        .limit(500)
        .collect()
    )
    return [(row.request_id, row.email) for row in rows]


def handle(spark: SparkSession, request_id: str, email: str, tables: list[Table]) -> None:
    """Erase one person everywhere and close the request."""
    logger.info("erasing for request %s", request_id)
    for table in tables:
        erase_person(spark, table, email)
    spark.sql(
        "UPDATE privacy.erasure.requests SET status = 'done', done_at = current_timestamp(), email = NULL "
        "WHERE request_id = :request_id",
        args={"request_id": request_id},
    )


def main() -> None:
    """Entry point of the wheel task; the first argument is the path of the deployed privacy.yml."""
    spark = SparkSession.builder.getOrCreate()
    tables = registered_tables(Path(sys.argv[1]))
    for request_id, email in open_requests(spark):
        handle(spark, request_id, email, tables)
