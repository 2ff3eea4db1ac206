"""Reference data: store regions from a file, loyalty tiers from the CRM database."""

from __future__ import annotations

from pyspark.sql import SparkSession

from customer_360.config import Config, parse_config


def load_store_regions(spark: SparkSession, config: Config) -> None:
    """Replace the store regions with the file that finance maintains."""
    regions = (
        spark.read.option("header", True)
        .option("inferSchema", True)
        .csv(f"{config.landing}/reference/store_regions.csv")
    )
    regions.write.mode("overwrite").saveAsTable(f"{config.catalog}.silver.store_regions")


def load_loyalty_tiers(spark: SparkSession, config: Config) -> None:
    """Replace the loyalty tiers with those of the CRM."""
    from databricks.sdk.runtime import dbutils

    tiers = (
        spark.read.format("postgresql")
        .option("host", "crm-replica.example.com")
        .option("database", "crm")
        .option("dbtable", "public.loyalty_tiers")
        .option("user", dbutils.secrets.get("customer-360", "crm-user"))
        .option("password", dbutils.secrets.get("customer-360", "crm-password"))
        .load()
        .select("tier", "min_points", "valid_from")
    )
    tiers.write.mode("overwrite").saveAsTable(f"{config.catalog}.silver.loyalty_tiers")


def main() -> None:
    """Load both."""
    spark = SparkSession.builder.getOrCreate()
    config = parse_config()
    load_store_regions(spark, config)
    load_loyalty_tiers(spark, config)


if __name__ == "__main__":
    main()
