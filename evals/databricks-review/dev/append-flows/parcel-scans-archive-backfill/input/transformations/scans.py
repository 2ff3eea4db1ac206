"""Scans of parcels from the live topic and from the archive."""

from pyspark import pipelines as dp
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

CATALOG = spark.conf.get("parcels.catalog")
BODY = "scan_id STRING, parcel_no STRING, depot STRING, step STRING, scanned_at TIMESTAMP"
COLUMNS = ["scan_id", "parcel_no", "depot", "step", "scanned_at", "origin", "body"]

dp.create_streaming_table(
    name="scans",
    comment="Scans since 2019; the part since April 2026 exists nowhere else",
    cluster_by=["parcel_no"],
    table_properties={"pipelines.reset.allowed": "false"},
    expect_all={
        "identified": "scan_id IS NOT NULL AND parcel_no IS NOT NULL",
        "known step": "step IN ('IN', 'OUT', 'VAN', 'DOOR')",
    },
)


def identified(frame: DataFrame, origin: str) -> DataFrame:
    """Columns of the table, with where they come from."""
    return frame.withColumn("origin", F.lit(origin)).select(*COLUMNS)


@dp.append_flow(target="scans", name="scans_live")
def scans_live():
    topic = (
        spark.readStream.format("kafka")
        .option("kafka.bootstrap.servers", spark.conf.get("parcels.brokers"))
        .option("databricks.serviceCredential", "parcels-kafka")
        .option("subscribe", "parcels.scans.v1")
        .option("startingOffsets", "earliest")
        .load()
    )
    body = F.col("value").cast("string")
    parsed = topic.select(F.from_json(body, BODY).alias("b"), body.alias("body")).select("b.*", "body")
    return identified(parsed, "topic")


@dp.append_flow(target="scans", name="scans_archive", once=True)
def scans_archive():
    archive = spark.read.schema(BODY).parquet(f"/Volumes/{CATALOG}/archive/scans").withColumn("body", F.lit(None).cast("string"))
    return identified(archive.where("scanned_at < TIMESTAMP'2026-04-01 00:00:00'"), "archive")
