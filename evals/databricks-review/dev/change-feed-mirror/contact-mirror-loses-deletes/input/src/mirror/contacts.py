"""Keeps analytics.contacts_mirror equal to crm.contacts."""

from dataclasses import dataclass

from delta.tables import DeltaTable
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

COLUMNS = ("contact_id", "region", "segment", "city")


@dataclass(frozen=True)
class ContactMirror:
    """Applies the change feed of the CRM table to the mirror."""

    spark: SparkSession
    catalog: str

    def changes(self) -> DataFrame:
        """Row changes of the CRM table, in commit order."""
        return (
            self.spark.readStream.option("readChangeFeed", "true")
            .option("startingVersion", "latest")
            .table(f"{self.catalog}.crm.contacts")
            .where("_change_type <> 'update_preimage'")
        )

    def apply(self, batch: DataFrame, batch_id: int) -> None:
        """Merge one micro-batch of changes."""
        newest = batch.orderBy(F.desc("_commit_version")).dropDuplicates(["contact_id"])
        values = {column: f"s.{column}" for column in COLUMNS} | {"changed_version": "s._commit_version"}
        mirror = DeltaTable.forName(batch.sparkSession, f"{self.catalog}.analytics.contacts_mirror")
        (
            mirror.alias("t")
            .merge(newest.alias("s"), "t.contact_id = s.contact_id")
            .whenMatchedUpdate(set=values)
            .whenNotMatchedInsert(values=values)
            .execute()
        )

    def run(self) -> None:
        """Catch up with everything that was committed since the last run."""
        query = (
            self.changes()
            .writeStream.queryName("contact_mirror")
            .foreachBatch(self.apply)
            .option("checkpointLocation", f"/Volumes/{self.catalog}/analytics/checkpoints/contact_mirror")
            .trigger(availableNow=True)
            .start()
        )
        query.awaitTermination()
