"""Keeps analytics.contacts_mirror equal to crm.contacts."""

from dataclasses import dataclass

from delta.tables import DeltaTable
from pyspark.sql import DataFrame, SparkSession, Window
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
            .table(f"{self.catalog}.crm.contacts")
            .where("_change_type <> 'update_preimage'")
        )

    def apply(self, batch: DataFrame, batch_id: int) -> None:
        """Merge one micro-batch of changes."""
        rank = F.row_number().over(Window.partitionBy("contact_id").orderBy(F.desc("_commit_version"), F.desc("_change_type")))
        newest = batch.withColumn("_rank", rank).where("_rank = 1")
        values = {column: f"s.{column}" for column in COLUMNS} | {"changed_version": "s._commit_version"}
        mirror = DeltaTable.forName(batch.sparkSession, f"{self.catalog}.analytics.contacts_mirror")
        (
            mirror.alias("t")
            .merge(newest.alias("s"), "t.contact_id = s.contact_id")
            .whenMatchedDelete("s._change_type = 'delete'")
            .whenMatchedUpdate(set=values)
            .whenNotMatchedInsert("s._change_type <> 'delete'", values=values)
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
