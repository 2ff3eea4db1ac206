from pyspark import pipelines as dp
from pyspark.sql import functions as F

dp.create_streaming_table(
    name="customers_history",
    comment="Versions of a customer; the open one has no end",
    cluster_by=["customer_id"],
)

dp.create_auto_cdc_flow(
    target="customers_history",
    source="customer_changes",
    keys=["customer_id"],
    sequence_by=F.col("changed_at"),
    apply_as_deletes=F.expr("op = 'd'"),
    except_column_list=["op", "file_path", "_rescued"],
    stored_as_scd_type=2,
    track_history_column_list=["segment", "status", "city"],
)
