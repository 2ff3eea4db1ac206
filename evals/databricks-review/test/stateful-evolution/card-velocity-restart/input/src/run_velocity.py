"""Starts the feature queries of one region."""

import sys

from delta.tables import DeltaTable
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from velocity.features import new_merchants, velocity


def publish_velocity(target: str):
    """Handler that publishes the windows which a micro-batch changed."""

    def publish(batch: DataFrame, batch_id: int) -> None:
        batch.withColumn("published_batch", F.lit(batch_id)).write.mode("append").saveAsTable(target)

    return publish


def publish_new_merchants(target: str):
    """Handler that adds the new merchants of a micro-batch to the day of each card."""

    def publish(batch: DataFrame, batch_id: int) -> None:
        source = batch.withColumn("batch_id", F.lit(batch_id))
        (
            DeltaTable.forName(batch.sparkSession, target)
            .alias("t")
            .merge(source.alias("s"), "t.card_token = s.card_token AND t.batch_id = s.batch_id")
            .whenNotMatchedInsertAll()
            .execute()
        )

    return publish


def main(catalog: str) -> None:
    """Run until one of the queries fails."""
    spark = SparkSession.builder.getOrCreate()
    state = f"/Volumes/{catalog}/fraud/checkpoints"
    blocked = [row.card_token for row in spark.table(f"{catalog}.fraud.blocked_cards").collect()]
    authorisations = spark.readStream.table(f"{catalog}.cards.authorisations").where(~F.col("card_token").isin(blocked))

    velocity_query = (
        velocity(authorisations)
        .writeStream.queryName("card_velocity")
        .outputMode("update")
        .foreachBatch(publish_velocity(f"{catalog}.fraud.card_velocity"))
        .option("checkpointLocation", f"{state}/card_velocity")
        .trigger(processingTime="20 seconds")
        .start()
    )
    merchants_query = (
        new_merchants(authorisations)
        .writeStream.queryName("new_merchants")
        .outputMode("append")
        .foreachBatch(publish_new_merchants(f"{catalog}.fraud.new_merchants"))
        .option("checkpointLocation", f"{state}/new_merchants")
        .trigger(processingTime="20 seconds")
        .start()
    )
    velocity_query.awaitTermination()
    merchants_query.awaitTermination()


if __name__ == "__main__":
    main(sys.argv[1])
