"""Identity resolution: which source customers are the same person."""

from __future__ import annotations

from functools import reduce

from delta.tables import DeltaTable
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from customer_360.config import Config, parse_config
from customer_360.transforms import keyed_hash

SOURCE_TABLES = ("silver.customers", "silver.loyalty_members")
MATCH_KEYS = ("email_key", "phone_key")
ROUNDS = 3


def load_customers(spark: SparkSession, config: Config, key: str) -> DataFrame:
    """All source customers with pseudonymous match keys instead of contact data."""
    frames = []
    for table in SOURCE_TABLES:
        frame = spark.table(f"{config.catalog}.{table}").select("customer_id", "email", "phone")
        frame = frame.withColumn("source_table", F.lit(table))
        frames.append(frame)
    customers = reduce(DataFrame.unionByName, frames)
    return customers.select(
        "customer_id",
        "source_table",
        keyed_hash(F.col("email"), key).alias("email_key"),
        keyed_hash(F.col("phone"), key).alias("phone_key"),
    )


def candidate_links(customers: DataFrame, match_key: str) -> DataFrame:
    """Link every customer to the smallest customer id that shares the match key."""
    known = customers.filter(F.col(match_key).isNotNull())
    groups = known.groupBy(match_key).agg(F.min("customer_id").alias("root_id"))
    return known.join(groups, match_key).select(
        "customer_id", "root_id", F.lit(match_key).alias("matched_on")
    )


def resolve_roots(links: DataFrame) -> DataFrame:
    """Follow links to a common root; three rounds cover every chain that we have seen."""
    roots = links.groupBy("customer_id").agg(F.min("root_id").alias("root_id"))
    for _ in range(ROUNDS):
        parents = roots.select(F.col("customer_id").alias("root_id"), F.col("root_id").alias("parent_id"))
        roots = roots.join(parents, "root_id", "left").select(
            "customer_id", F.coalesce("parent_id", "root_id").alias("root_id")
        )
    return roots


def assign_person_ids(roots: DataFrame) -> DataFrame:
    """Number the persons; every customer of a person carries the same number."""
    persons = roots.select("root_id").distinct().withColumn("person_id", F.monotonically_increasing_id())
    return roots.join(persons, "root_id").select("customer_id", "person_id")


def save_links(spark: SparkSession, config: Config, customers: DataFrame) -> DataFrame:
    """Merge the day's links into the link table and return them."""
    links = reduce(DataFrame.unionByName, [candidate_links(customers, name) for name in MATCH_KEYS])
    target = DeltaTable.forName(spark, f"{config.catalog}.silver.identity_links")
    (
        target.alias("target")
        .merge(links.alias("source"), "target.customer_id = source.customer_id")
        .whenMatchedUpdate(set={"root_id": "source.root_id", "matched_on": "source.matched_on"})
        .whenNotMatchedInsertAll()
        .execute()
    )
    return links


def main() -> None:
    """Resolve all customers and replace the person table."""
    from databricks.sdk.runtime import dbutils

    spark = SparkSession.builder.getOrCreate()
    config = parse_config()
    key = dbutils.secrets.get("customer-360", "identity-hash-key")
    links = save_links(spark, config, load_customers(spark, config, key))
    persons = assign_person_ids(resolve_roots(links))
    persons.write.mode("overwrite").saveAsTable(f"{config.catalog}.silver.person_customers")


if __name__ == "__main__":
    main()
