"""Calls of the help line, with the number replaced by a token, every fifteen minutes."""

import logging
import sys
from functools import partial

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F

logger = logging.getLogger("call_tokens")


def token(number: Column) -> Column:
    """A keyed hash of the digits, NULL for a suppressed number; the exchange writes every number with its country code."""
    digits = F.nullif(F.regexp_replace(number, "[^0-9]", ""), F.lit(""))
    key = F.expr("secret('call-tokens', 'token-key')")
    return F.sha2(F.concat(key, F.lit("|"), digits, F.lit("|"), key), 256)


def write_batch(calls: DataFrame, batch_id: int, catalog: str) -> None:
    """Merge one batch; a batch that is repeated changes nothing."""
    calls = calls.dropDuplicates(["call_id"])
    calls.createOrReplaceTempView("calls_of_batch")
    calls.sparkSession.sql(
        f"""
        MERGE INTO {catalog}.silver.calls AS t
        USING calls_of_batch AS s ON t.call_id = s.call_id
        WHEN NOT MATCHED THEN INSERT (call_id, caller_token, queue, started_at, seconds)
          VALUES (s.call_id, s.caller_token, s.queue, s.started_at, s.seconds)
        """
    )
    logger.info("batch %s merged", batch_id)


def main() -> None:
    """Read what is new in bronze and stop."""
    catalog, checkpoint = sys.argv[1:3]
    spark = SparkSession.builder.getOrCreate()
    calls = spark.readStream.option("skipChangeCommits", "true").table(f"{catalog}.bronze.calls").select(
        "call_id",
        token(F.col("caller_number")).alias("caller_token"),
        "queue",
        "started_at",
        "seconds",
    )
    query = (
        calls.writeStream.foreachBatch(partial(write_batch, catalog=catalog))
        .option("checkpointLocation", checkpoint)
        .trigger(availableNow=True)
        .start()
    )
    query.awaitTermination()


if __name__ == "__main__":
    main()
