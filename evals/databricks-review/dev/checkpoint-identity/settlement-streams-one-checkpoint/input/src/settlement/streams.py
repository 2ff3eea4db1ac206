"""The two queries: ledger entries with daily movements, and the dispute feed."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F
from pyspark.sql.streaming import StreamingQuery

from settlement.settings import Settings


def start_ledger(settlements: DataFrame, settings: Settings) -> StreamingQuery:
    """Book every settlement and the movement of each merchant."""
    entries_table = settings.table("ledger_entries")
    movements_table = settings.table("merchant_movements")

    def book(batch: DataFrame, batch_id: int) -> None:
        batch.write.mode("append").saveAsTable(entries_table)
        movements = batch.groupBy("merchant_id", "currency", F.to_date("booked_at").alias("booked_on")).agg(
            F.sum("amount").alias("amount"), F.count("*").alias("entries")
        )
        movements.write.mode("append").saveAsTable(movements_table)

    return (
        settlements.writeStream.queryName("ledger")
        .foreachBatch(book)
        .option("checkpointLocation", settings.checkpoint("ledger"))
        .trigger(processingTime="30 seconds")
        .start()
    )


def start_disputes(settlements: DataFrame, settings: Settings) -> StreamingQuery:
    """Feed the dispute desk with chargebacks and their reversals."""
    return (
        settlements.where(F.col("kind").isin("chargeback", "chargeback_reversal"))
        .writeStream.queryName("disputes")
        .outputMode("append")
        .option("checkpointLocation", settings.checkpoint("disputes"))
        .trigger(processingTime="30 seconds")
        .toTable(settings.table("disputes"))
    )
