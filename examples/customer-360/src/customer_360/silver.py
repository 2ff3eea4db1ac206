"""Silver: a continuous job that keeps clean tables a few minutes behind bronze."""

from __future__ import annotations

from collections.abc import Callable

from delta.tables import DeltaTable
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql.streaming import StreamingQuery

from customer_360.config import Config, parse_config
from customer_360.transforms import clean_customers, clean_orders, latest_per_key

Handler = Callable[[DataFrame, int], None]


def upsert_orders(config: Config) -> Handler:
    """A handler that merges the newest version of each order."""

    def handle(batch: DataFrame, batch_id: int) -> None:
        clean_orders(batch).createOrReplaceTempView("order_updates")
        batch.sparkSession.sql(f"""
            MERGE INTO {config.catalog}.silver.orders AS target
            USING (
              SELECT order_id, customer_id, store_id, order_date, updated_at, status, currency, amount,
                     campaign_code
              FROM order_updates
              QUALIFY row_number() OVER (
                PARTITION BY order_id ORDER BY updated_at DESC, _source_file DESC
              ) = 1
            ) AS source
            ON target.order_id = source.order_id
            WHEN MATCHED AND source.updated_at >= target.updated_at THEN UPDATE SET *
            WHEN NOT MATCHED THEN INSERT *
        """)

    return handle


def upsert_customers(config: Config) -> Handler:
    """A handler that merges the newest version of each source customer."""

    def handle(batch: DataFrame, batch_id: int) -> None:
        updates = latest_per_key(clean_customers(batch), ["customer_id"], ["updated_at", "_source_file"])
        target = DeltaTable.forName(batch.sparkSession, f"{config.catalog}.silver.customers")
        (
            target.alias("target")
            .merge(updates.alias("source"), "target.customer_id = source.customer_id")
            .whenMatchedUpdateAll(condition="source.updated_at >= target.updated_at")
            .whenNotMatchedInsertAll()
            .execute()
        )

    return handle


def append_consents(config: Config) -> Handler:
    """A handler that keeps the full history of consent answers."""

    def handle(batch: DataFrame, batch_id: int) -> None:
        answers = batch.filter("customer_id IS NOT NULL").withColumn("batch_id", F.lit(batch_id))
        answers.write.mode("append").saveAsTable(f"{config.catalog}.silver.consent_history")

    return handle


def quarantine_orders(config: Config) -> Handler:
    """A handler that sets aside orders without a key; a replayed batch is written once."""

    def handle(batch: DataFrame, batch_id: int) -> None:
        (
            batch.filter("order_id IS NULL OR customer_id IS NULL")
            .write.mode("append")
            .option("txnAppId", "silver_orders_quarantine")
            .option("txnVersion", batch_id)
            .saveAsTable(f"{config.catalog}.silver.orders_quarantine")
        )

    return handle


def start(spark: SparkSession, config: Config, source: str, name: str, handler: Handler) -> StreamingQuery:
    """Start one query from a bronze table, with a checkpoint of its own."""
    return (
        spark.readStream.option("maxFilesPerTrigger", 200)
        .table(f"{config.catalog}.bronze.{source}")
        .writeStream.queryName(name)
        .option("checkpointLocation", f"{config.checkpoints}/silver/{name}")
        .trigger(processingTime="2 minutes")
        .foreachBatch(handler)
        .start()
    )


def start_web_events(spark: SparkSession, config: Config) -> StreamingQuery:
    """Start the event stream; browsers send an event again until it is acknowledged."""
    events = spark.readStream.table(f"{config.catalog}.bronze.web_events")
    return (
        events.filter("event_id IS NOT NULL")
        .dropDuplicates(["event_id"])
        .select("event_id", "customer_id", "session_id", "event_type", "page", "event_time")
        .writeStream.queryName("web_events")
        .option("checkpointLocation", f"{config.checkpoints}/silver/web_events")
        .trigger(processingTime="2 minutes")
        .toTable(f"{config.catalog}.silver.web_events")
    )


def main() -> None:
    """Run all queries until one fails; the job starts the cluster again."""
    spark = SparkSession.builder.getOrCreate()
    config = parse_config()
    start(spark, config, "orders", "orders", upsert_orders(config))
    start(spark, config, "orders", "orders_quarantine", quarantine_orders(config))
    start(spark, config, "customers", "customers", upsert_customers(config))
    start(spark, config, "consents", "consents", append_consents(config))
    start_web_events(spark, config)
    spark.streams.awaitAnyTermination()


if __name__ == "__main__":
    main()
