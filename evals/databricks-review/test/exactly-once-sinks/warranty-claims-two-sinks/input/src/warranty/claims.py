"""Books warranty claims: one row per line of a claim, and the open amount of each dealer."""

import logging
from dataclasses import dataclass

from delta.tables import DeltaTable
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql.streaming import StreamingQuery

LOG = logging.getLogger(__name__)
WRITER = "warranty-claim-books"


def read_claims(spark: SparkSession, catalog: str) -> DataFrame:
    """Claims as dealers sent them; a dealer system delivers a message, and repeats it, within two days."""
    return (
        spark.readStream.table(f"{catalog}.landing.warranty_claims")
        .withWatermark("sent_at", "3 days")
        .dropDuplicatesWithinWatermark(["message_id"])
    )


@dataclass(frozen=True)
class ClaimBooks:
    """Writes claim lines and the open amounts of dealers."""

    catalog: str

    def __call__(self, claims: DataFrame, batch_id: int) -> None:
        claims.persist()
        try:
            self._append_lines(claims, batch_id)
            self._restate_dealers(claims)
        except Exception:
            LOG.exception("batch %s failed and will be repeated", batch_id)
            raise
        finally:
            claims.unpersist()

    def _append_lines(self, claims: DataFrame, batch_id: int) -> None:
        lines = claims.select("claim_id", "dealer_id", "sent_at", F.explode("lines").alias("line")).select(
            "claim_id", "dealer_id", "sent_at", "line.*"
        )
        (
            lines.write.mode("append")
            .option("txnAppId", WRITER)
            .option("txnVersion", batch_id)
            .saveAsTable(f"{self.catalog}.warranty.claim_lines")
        )

    def _restate_dealers(self, claims: DataFrame) -> None:
        touched = claims.select("dealer_id").distinct()
        open_amounts = (
            claims.sparkSession.table(f"{self.catalog}.warranty.claim_lines")
            .join(touched, "dealer_id", "left_semi")
            .groupBy("dealer_id")
            .agg(F.sum("claimed_amount").alias("claimed_amount"))
        )
        (
            DeltaTable.forName(claims.sparkSession, f"{self.catalog}.warranty.dealer_amounts")
            .alias("t")
            .merge(open_amounts.alias("s"), "t.dealer_id = s.dealer_id")
            .whenMatchedUpdateAll()
            .whenNotMatchedInsertAll()
            .execute()
        )

    def start(self, claims: DataFrame, checkpoint: str) -> StreamingQuery:
        """Start the query."""
        return (
            claims.writeStream.queryName("claim_books")
            .foreachBatch(self)
            .option("checkpointLocation", checkpoint)
            .trigger(processingTime="1 minute")
            .start()
        )
