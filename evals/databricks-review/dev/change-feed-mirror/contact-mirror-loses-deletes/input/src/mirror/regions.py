"""Keeps analytics.region_sizes in step with the mirror."""

from delta.tables import DeltaTable
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F


def recount(batch: DataFrame, catalog: str) -> None:
    """Count again every region that a change touched."""
    session = batch.sparkSession
    touched = batch.select("region").distinct()
    sizes = (
        touched.join(session.table(f"{catalog}.analytics.contacts_mirror"), "region", "left")
        .groupBy("region")
        .agg(F.count("contact_id").alias("contacts"))
    )
    (
        DeltaTable.forName(session, f"{catalog}.analytics.region_sizes")
        .alias("t")
        .merge(sizes.alias("s"), "t.region = s.region")
        .whenMatchedUpdateAll()
        .whenNotMatchedInsertAll()
        .execute()
    )


def run(spark: SparkSession, catalog: str) -> None:
    """Read what is new in the mirror and recount its regions."""
    query = (
        spark.readStream.option("skipChangeCommits", "true")
        .table(f"{catalog}.analytics.contacts_mirror")
        .writeStream.queryName("region_sizes")
        .foreachBatch(lambda batch, _: recount(batch, catalog))
        .option("checkpointLocation", f"/Volumes/{catalog}/analytics/checkpoints/region_sizes")
        .trigger(availableNow=True)
        .start()
    )
    query.awaitTermination()
