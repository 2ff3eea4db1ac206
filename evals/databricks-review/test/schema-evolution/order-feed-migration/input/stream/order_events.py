"""Sends new orders to the warehouse system; runs every ten minutes as a job task, with the checkpoint of its own."""

from pyspark.sql import DataFrame, SparkSession

CHECKPOINT = "/Volumes/garden/ops/checkpoints/order_events"
COLUMNS = ["order_id", "customer_id", "net_amount"]


def read(spark: SparkSession) -> DataFrame:
    """New orders; the table is only appended to."""
    return (
        spark.readStream.option("maxFilesPerTrigger", 200)
        .table("garden.core.orders")
        .select(*COLUMNS)
    )


def main() -> None:
    """Sends what is new, then stops."""
    spark = SparkSession.builder.getOrCreate()
    query = (
        read(spark)
        .writeStream.option("checkpointLocation", CHECKPOINT)
        .trigger(availableNow=True)
        .toTable("garden.outbox.order_events")
    )
    query.awaitTermination()


if __name__ == "__main__":
    main()
