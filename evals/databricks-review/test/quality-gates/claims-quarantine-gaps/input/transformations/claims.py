from pyspark import pipelines as dp
from pyspark.sql import functions as F

from rules import all_hold, any_fails

CATALOG = spark.conf.get("claims.catalog")


@dp.temporary_view(name="claims_of_closed_batches")
def claims_of_closed_batches():
    """Claims of batches that the clearing house has closed."""
    closed = spark.read.table(f"{CATALOG}.ingest.batches").where("state = 'CLOSED'").select("batch_id")
    closed_ids = [row.batch_id for row in closed.collect()]
    return spark.read.table(f"{CATALOG}.ingest.claim_messages").where(F.col("batch_id").isin(closed_ids))


@dp.materialized_view(name="claims_valid", comment="Claims that keep all rules")
def claims_valid():
    return spark.read.table("claims_of_closed_batches").where(all_hold())


@dp.materialized_view(name="claims_quarantine", comment="All other claims, for the desk")
def claims_quarantine():
    return spark.read.table("claims_of_closed_batches").where(any_fails())


@dp.table(name="claim_arrivals", comment="Each message as it came, with the name of the practice")
def claim_arrivals():
    practices = spark.read.table(f"{CATALOG}.registry.practices").select("practice_id", "practice_name", "region")
    return (
        spark.readStream.table(f"{CATALOG}.ingest.claim_messages")
        .select("claim_id", "version", "practice_id", "batch_id", "received_on")
        .join(F.broadcast(practices), "practice_id", "left")
    )
