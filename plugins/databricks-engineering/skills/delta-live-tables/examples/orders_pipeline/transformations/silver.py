"""Silver: the current state of each valid order, what was refused and why, and customers with their history."""

from order_rules import checked
from pyspark import pipelines as dp
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

spark = SparkSession.active()


@dp.temporary_view
def checked_orders() -> DataFrame:
    return checked(spark.readStream.table("raw_orders"))


@dp.temporary_view
def valid_orders() -> DataFrame:
    return spark.readStream.table("checked_orders").filter(F.size("broken") == 0)


@dp.table(comment="Orders that break a rule, with the names of the rules.")
def orders_quarantine() -> DataFrame:
    return spark.readStream.table("checked_orders").filter(F.size("broken") > 0)


# Duplicates, re-deliveries and late changes all end in the same state: the newest change of each key wins.
dp.create_streaming_table("orders", comment="Valid orders: one row each, newest state.", cluster_by=["ordered_at"])
dp.create_auto_cdc_flow(
    target="orders",
    source="valid_orders",
    keys=["order_id"],
    sequence_by="changed_at",
    except_column_list=["broken"],
    stored_as_scd_type=1,
)

dp.create_streaming_table("customers", comment="Customers with their history, from __START_AT to __END_AT.")
dp.create_auto_cdc_flow(
    target="customers",
    source="raw_customers",
    keys=["customer_id"],
    sequence_by="changed_at",
    apply_as_deletes="deleted",
    except_column_list=["deleted", "source_file"],
    stored_as_scd_type=2,
)
