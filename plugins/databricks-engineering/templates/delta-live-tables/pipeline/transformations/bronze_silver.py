"""Bronze and silver of orders: every line as it came, the refused ones, and the current state of each order."""

from collections.abc import Callable

from pyspark import pipelines as dp
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from template_project import RULES, judged, refused, valid

Dataset = Callable[[], DataFrame]

spark = SparkSession.active()
FORMAT = spark.conf.get("orders.format")
LANDING = spark.conf.get("orders.landing")


def expect_all(rules: dict[str, str]) -> Callable[[Dataset], Dataset]:
    """`dp.expect_all`, which counts the rows that break each rule, where the engine has it.

    Open-source Spark 4 has no expectations: there the function stays as it is, so that a dry run needs no workspace.
    """
    counted = getattr(dp, "expect_all", None)
    return counted(rules) if counted else lambda dataset: dataset


@dp.table(
    comment="Orders as they arrived: one row a delivered line, append only.",
    schema="""
        raw STRING COMMENT 'The line as it came',
        source_file STRING COMMENT 'File that held the line',
        ingested_at TIMESTAMP COMMENT 'When this table got it (UTC)'
    """,
    cluster_by=["ingested_at"],
    # A full refresh must not empty what the source no longer has.
    table_properties={"pipelines.reset.allowed": "false"},
)
def raw_orders() -> DataFrame:
    """New lines of the landing folder; the option is Auto Loader's and means nothing to other formats."""
    lines = spark.readStream.format(FORMAT).option("cloudFiles.format", "text").load(f"{LANDING}/orders")
    return lines.select(
        F.col("value").alias("raw"),
        F.col("_metadata.file_path").alias("source_file"),
        F.current_timestamp().alias("ingested_at"),
    )


@dp.temporary_view
@expect_all(RULES)  # counts every broken rule; nothing is dropped here
def checked_orders() -> DataFrame:
    """The lines, typed and judged: validity is computed once, so that no line is in neither of the next two."""
    return judged(spark.readStream.table("raw_orders"))


@dp.table(
    comment="Lines that break a rule: one row a line. Mended at the source and delivered again, never by hand.",
    schema="""
        raw STRING COMMENT 'The line as it came',
        broken ARRAY<STRING> COMMENT 'Names of the rules that the line breaks',
        source_file STRING COMMENT 'File that held the line',
        ingested_at TIMESTAMP COMMENT 'When bronze got it (UTC)'
    """,
    cluster_by=["ingested_at"],
)
def orders_quarantine() -> DataFrame:
    """The refused lines."""
    return refused(spark.readStream.table("checked_orders"))


@dp.temporary_view
def valid_orders() -> DataFrame:
    """The changes that may enter silver."""
    return valid(spark.readStream.table("checked_orders"))


# Without `schema`: AUTO CDC adds columns of its own. The comments of the others come with SCHEMA.
dp.create_streaming_table(
    "orders",
    comment="Current state of each order: one row an order.",
    cluster_by=["ordered_at"],
    table_properties={"delta.enableRowTracking": "true"},
)
# Duplicates, re-deliveries and late changes all end in the same state. The sequence never ties for two different lines.
dp.create_auto_cdc_flow(
    target="orders",
    source="valid_orders",
    keys=["order_id"],
    sequence_by=F.struct("changed_at", "source_file", "raw"),
    except_column_list=["raw", "broken", "source_file", "ingested_at"],
    stored_as_scd_type=1,
)
