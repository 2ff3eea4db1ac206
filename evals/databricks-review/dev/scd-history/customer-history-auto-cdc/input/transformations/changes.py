from pyspark import pipelines as dp
from pyspark.sql import functions as F

SCHEMA = """
    op STRING, changed_at TIMESTAMP, customer_id BIGINT, segment STRING, status STRING, city STRING, last_seen_at TIMESTAMP
"""


@dp.table(name="customer_changes", comment="Row changes of the shop database, as delivered")
@dp.expect_or_drop("identified", "customer_id IS NOT NULL AND changed_at IS NOT NULL")
def customer_changes():
    landing = spark.conf.get("shop.landing")
    return (
        spark.readStream.format("cloudFiles")
        .option("cloudFiles.format", "json")
        .option("rescuedDataColumn", "_rescued")
        .schema(SCHEMA)
        .load(f"{landing}/customers")
        .withColumn("file_path", F.col("_metadata.file_path"))
        .withColumn("ingested_at", F.current_timestamp())
    )
