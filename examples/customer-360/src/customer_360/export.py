"""Files for partners: persons with consent, without contact data."""

from __future__ import annotations

import logging

from pyspark.sql import DataFrame, Row, SparkSession
from pyspark.sql import functions as F

from customer_360.config import Config, parse_config
from customer_360.transforms import keyed_hash

logger = logging.getLogger(__name__)

LEGACY_DROP = "/mnt/partner-drop/customer-360"
COLUMNS = ("partner_person_key", "country", "segment", "loyalty_tier")


def enabled_partners(spark: SparkSession, config: Config) -> list[Row]:
    """The partners that get a file; a handful, edited by hand."""
    return (
        spark.table(f"{config.catalog}.ops.export_partners")
        .filter("enabled")
        .select("partner", "country", "delivery")
        .limit(50)
        .collect()
    )


def partner_rows(spark: SparkSession, config: Config, partner: Row, key: str) -> DataFrame:
    """What one partner may see: its own country, its own pseudonyms."""
    persons = spark.table(f"{config.catalog}.gold.customer_360")
    person_key = F.concat(F.lit(partner["partner"]), F.col("person_id").cast("string"))
    return (
        persons.filter(F.col("marketing_consent") & (F.col("country") == partner["country"]))
        .withColumn("partner_person_key", keyed_hash(person_key, key))
        .select(*COLUMNS)
    )


def folder(config: Config, partner: Row) -> str:
    """Where the partner's transfer job looks for files."""
    root = LEGACY_DROP if partner["delivery"] == "sftp" else config.exports
    return f"{root}/{partner['partner']}/{config.run_date}"


def export_partner(spark: SparkSession, config: Config, partner: Row, key: str) -> None:
    """Write one partner's file; partners cannot read more than one."""
    rows = partner_rows(spark, config, partner, key)
    try:
        rows.coalesce(1).write.mode("overwrite").option("header", True).csv(folder(config, partner))
    except Exception:
        logger.warning("export failed for partner %s", partner["partner"])


def main() -> None:
    """Export to every enabled partner."""
    from databricks.sdk.runtime import dbutils

    spark = SparkSession.builder.getOrCreate()
    config = parse_config()
    key = dbutils.secrets.get("customer-360", "partner-hash-key")
    logger.info("read a hash key of %d characters", len(key))
    for partner in enabled_partners(spark, config):
        export_partner(spark, config, partner, key)


if __name__ == "__main__":
    main()
