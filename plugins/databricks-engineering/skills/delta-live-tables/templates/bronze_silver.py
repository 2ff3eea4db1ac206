"""Bronze and silver of one source. Runs in a Databricks pipeline only: Auto Loader, expectations.

Copy it to `transformations/`, put your rules into RULES, and set the two configuration keys in the pipeline resource.
"""

from pyspark import pipelines as dp
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

spark = SparkSession.active()
LANDING = spark.conf.get("orders.landing")  # a volume: /Volumes/<catalog>/<schema>/<volume>
SOURCE = spark.conf.get("orders.source")  # the folder under it

# Every rule says what must be true, and says it for NULL too: `amount >= 0` alone leaves a missing amount undecided.
RULES = {
    "has_order_id": "order_id IS NOT NULL",
    "amount_in_range": "amount IS NOT NULL AND amount BETWEEN 0 AND 100000",
    "known_status": "status IS NOT NULL AND status IN ('placed', 'paid', 'cancelled')",
}
ALL_RULES = " AND ".join(f"({rule})" for rule in RULES.values())


@dp.table(
    comment="Orders as they arrived, with their file.",
    cluster_by_auto=True,
    # A full refresh must not empty what the source no longer has.
    table_properties={"pipelines.reset.allowed": "false"},
)
@dp.expect("nothing_rescued", "_rescued_data IS NULL")
def raw_orders() -> DataFrame:
    return (
        spark.readStream.format("cloudFiles")
        .option("cloudFiles.format", "json")
        .option("cloudFiles.schemaHints", "order_id STRING, amount DECIMAL(12, 2), changed_at TIMESTAMP")
        .option("cloudFiles.schemaEvolutionMode", "addNewColumns")
        .load(f"{LANDING}/{SOURCE}")
        .select("*", F.col("_metadata.file_path").alias("source_file"), F.current_timestamp().alias("ingested_at"))
    )


@dp.temporary_view
@dp.expect_all(RULES)  # counts every broken rule; nothing is dropped here
def checked_orders() -> DataFrame:
    return spark.readStream.table("raw_orders").withColumn("is_valid", F.coalesce(F.expr(ALL_RULES), F.lit(False)))


@dp.table(comment="Orders that break a rule; kept for repair, not for use.", cluster_by_auto=True)
def orders_quarantine() -> DataFrame:
    return spark.readStream.table("checked_orders").filter("NOT is_valid").drop("is_valid")


@dp.temporary_view
def valid_orders() -> DataFrame:
    return spark.readStream.table("checked_orders").filter("is_valid").drop("is_valid", "_rescued_data")


dp.create_streaming_table("orders", comment="Valid orders: one row each, newest state.", cluster_by_auto=True)
dp.create_auto_cdc_flow(
    target="orders", source="valid_orders", keys=["order_id"], sequence_by="changed_at", stored_as_scd_type=1
)
