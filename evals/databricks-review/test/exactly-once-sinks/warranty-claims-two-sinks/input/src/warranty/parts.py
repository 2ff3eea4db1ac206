"""Usage of parts per day, for the stock planners."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F
from pyspark.sql.streaming import StreamingQuery


def replace_batch(target: str):
    """Handler that writes a micro-batch as one slice of the table."""

    def write(batch: DataFrame, batch_id: int) -> None:
        (
            batch.withColumn("batch_id", F.lit(batch_id))
            .write.mode("overwrite")
            .option("replaceWhere", f"batch_id = {batch_id}")
            .saveAsTable(target)
        )

    return write


def start_part_usage(claims: DataFrame, catalog: str, checkpoint: str) -> StreamingQuery:
    """Append finished days of part usage."""
    usage = (
        claims.select("sent_at", F.explode("lines").alias("line"))
        .groupBy(F.window("sent_at", "1 day"), "line.part_number")
        .agg(F.sum("line.quantity").alias("quantity"))
        .select(F.col("window.start").cast("date").alias("day"), "part_number", "quantity")
    )
    return (
        usage.writeStream.queryName("part_usage")
        .outputMode("append")
        .foreachBatch(replace_batch(f"{catalog}.warranty.part_usage"))
        .option("checkpointLocation", checkpoint)
        .trigger(processingTime="10 minutes")
        .start()
    )
