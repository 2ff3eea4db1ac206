"""Keeps crm.gold.dim_customer: one row per customer, with the newest profile and address."""

from dataclasses import dataclass

from delta.tables import DeltaTable
from pyspark.sql import DataFrame, SparkSession, Window
from pyspark.sql import functions as F

TRACKED = ("full_name", "email", "city", "street", "postal_code")


@dataclass(frozen=True)
class CustomerDimension:
    """Loads the customer dimension from the silver tables."""

    spark: SparkSession
    target: str = "crm.gold.dim_customer"

    def newest_profiles(self) -> DataFrame:
        """The last profile of each customer."""
        newest_first = Window.partitionBy("customer_id").orderBy(F.col("event_sequence").desc())
        return (
            self.spark.table("crm.silver.profile_changes")
            .withColumn("position", F.row_number().over(newest_first))
            .where(F.col("position") == 1)
            .select("customer_id", "full_name", "email", "city")
        )

    def newest_addresses(self) -> DataFrame:
        """The address that holds now, for each customer."""
        return (
            self.spark.table("crm.silver.addresses")
            .groupBy("customer_id")
            .agg(F.max_by(F.struct("street", "postal_code"), "valid_from").alias("newest"))
            .select("customer_id", "newest.street", "newest.postal_code")
        )

    def rows(self) -> DataFrame:
        """What the dimension should hold, with a hash of the tracked columns."""
        joined = self.newest_profiles().join(self.newest_addresses(), "customer_id", "left")
        return joined.withColumn("row_hash", F.sha2(F.to_json(F.struct(*TRACKED)), 256))

    def load(self) -> None:
        """Updates changed customers and adds new ones."""
        source = self.rows()
        copied = {name: f"s.{name}" for name in (*TRACKED, "row_hash")}
        (
            DeltaTable.forName(self.spark, self.target)
            .alias("t")
            .merge(source.alias("s"), "t.customer_id = s.customer_id")
            .whenMatchedUpdate(condition="NOT (t.row_hash <=> s.row_hash)", set=copied)
            .whenNotMatchedInsert(
                values={
                    "customer_id": "s.customer_id",
                    **copied,
                }
            )
            .execute()
        )
