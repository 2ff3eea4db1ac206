"""Bronze: what arrived, once, with where it came from. Nothing is dropped here."""

from order_rules import SCHEMA
from pyspark import pipelines as dp
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

spark = SparkSession.active()
FORMAT = spark.conf.get("orders.format")
LANDING = spark.conf.get("orders.landing")


def landed(folder: str, schema: str) -> DataFrame:
    """New files of a landing folder as a stream; the option is Auto Loader's and means nothing to other formats."""
    files = (
        spark.readStream.format(FORMAT).option("cloudFiles.format", "json").schema(schema).load(f"{LANDING}/{folder}")
    )
    return files.select("*", F.col("_metadata.file_path").alias("source_file"))


@dp.table(comment="Orders as they arrived.")
def raw_orders() -> DataFrame:
    return landed("orders", SCHEMA)


@dp.table(comment="Customer changes as they arrived: one row a change.")
def raw_customers() -> DataFrame:
    return landed("customers", "customer_id STRING, country STRING, deleted BOOLEAN, changed_at TIMESTAMP")
