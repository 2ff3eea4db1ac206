"""A dimension with history, from a change feed or from snapshots. Runs in a Databricks pipeline only. Keep one flow."""

from pyspark import pipelines as dp
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

spark = SparkSession.active()
CATALOG = spark.conf.get("customers.catalog")


@dp.temporary_view
def customer_changes() -> DataFrame:
    """One row a change. The sequence must never tie for a key: add a log position where clocks are coarse."""
    changes = spark.readStream.table(f"{CATALOG}.bronze.customers_cdc")
    return changes.select(
        "customer_id", "country", "segment", "operation", F.struct("changed_at", "log_position").alias("position")
    )


dp.create_streaming_table("customers", comment="Customers with their history, from __START_AT to __END_AT.")
dp.create_auto_cdc_flow(
    target="customers",
    source="customer_changes",
    keys=["customer_id"],
    sequence_by=F.col("position"),
    apply_as_deletes=F.expr("operation = 'DELETE'"),
    except_column_list=["operation", "position"],
    stored_as_scd_type=2,
    track_history_column_list=["country", "segment"],  # a change of any other column rewrites the open row
)

# The source delivers the whole table each time and no changes: a key that is missing from a snapshot is a delete.
dp.create_streaming_table("stores", comment="Stores with their history, from the nightly snapshot.")
dp.create_auto_cdc_from_snapshot_flow(
    target="stores", source=f"{CATALOG}.bronze.stores_snapshot", keys=["store_id"], stored_as_scd_type=2
)
