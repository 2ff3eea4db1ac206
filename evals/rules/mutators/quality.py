"""Defects of data quality: guessed schemas, rows kept by chance, and tests that depend on an order."""

from planting import Mutator, edits

_JSON_BATCH = """
from pyspark.sql import functions as F

raw = spark.read.schema("id BIGINT, name STRING, born DATE").json("/Volumes/main/landing/people")
kept = raw.where(F.col("id").isNotNull())
kept.write.mode("append").saveAsTable("main.silver.people")
"""

_CSV_BATCH = """
products = (
    spark.read.format("csv")§
    .option("header", "true")
    .schema("sku STRING, price DECIMAL(10, 2)")
    .load("/Volumes/main/landing/products")§
)
products.writeTo("main.silver.products").createOrReplace()
"""

_NEWEST = """
from pyspark.sql import Window
from pyspark.sql import functions as F

customers = spark.read.table("main.bronze.customers")
newest = Window.partitionBy("customer_id").orderBy(F.col("changed_at").desc())
ranked = customers.withColumn("rank", F.row_number().over(newest))§
ranked.where(F.col("rank") == 1).drop("rank").write.mode("overwrite").saveAsTable("main.silver.customers")
"""

_TEST = """
# file: tests/test_totals.py
from pyspark.sql import functions as F


def test_totals(spark):
    orders = spark.createDataFrame([("eu", 1), ("us", 2), ("eu", 3)], ["region", "amount"])
    totals = orders.groupBy("region").agg(F.sum("amount").alias("total"))
    rows = [tuple(row) for row in totals.orderBy("region").collect()]
    assert rows == [("eu", 4), ("us", 2)]§
"""

MUTATORS = (
    Mutator(
        rule="DQS003",
        kind="python",
        clean=_JSON_BATCH,
        edits=edits(
            ("JSON without a schema", '.schema("id BIGINT, name STRING, born DATE").json(', ".json("),
            ("JSON by format", '.schema("id BIGINT, name STRING, born DATE").json(', '.format("json").load('),
            (
                "CSV by keyword",
                '.schema("id BIGINT, name STRING, born DATE").json("/Volumes/main/landing/people")',
                '.csv("/Volumes/main/landing/people", header=True, inferSchema=True)',
            ),
        ),
    ),
    Mutator(
        rule="DQS003",
        kind="python",
        clean=_CSV_BATCH,
        edits=edits(
            ("CSV with inferSchema", '.schema("sku STRING, price DECIMAL(10, 2)")', '.option("inferSchema", "true")'),
            ("CSV with options", '.schema("sku STRING, price DECIMAL(10, 2)")', ".options(inferSchema=True, sep=';')"),
        ),
    ),
    Mutator(
        rule="DQS003",
        kind="sql",
        clean="CREATE OR REPLACE TABLE main.silver.people AS SELECT * FROM read_files('/Volumes/main/landing/people', format => 'json', schema => 'id BIGINT');",
        edits=edits(
            (
                "a table of JSON files",
                "read_files('/Volumes/main/landing/people', format => 'json', schema => 'id BIGINT')",
                "json.`/Volumes/main/landing/people`",
            ),
            ("read_files without a schema", ", schema => 'id BIGINT'", ""),
        ),
    ),
    Mutator(
        rule="DQS005",
        kind="python",
        clean=_NEWEST,
        edits=edits(
            ("ordered by a constant", 'F.col("changed_at").desc()', "F.lit(1)"),
            ("ordered by chance", 'F.col("changed_at").desc()', "F.rand()"),
            ("ordered by the partition's column", 'F.col("changed_at").desc()', '"customer_id"'),
            ("ordered by a running number", 'F.col("changed_at").desc()', "F.monotonically_increasing_id()"),
        ),
    ),
    Mutator(
        rule="DQS005",
        kind="python",
        clean="""
from pyspark.sql import functions as F

events = spark.read.table("main.bronze.events")
latest = events.groupBy("user_id").agg(F.max_by("state", "seen_at").alias("state"))
latest.write.mode("overwrite").saveAsTable("main.silver.user_state")
""",
        edits=edits(
            (
                "dropDuplicates after a sort",
                'events.groupBy("user_id").agg(F.max_by("state", "seen_at").alias("state"))',
                'events.orderBy(F.desc("seen_at")).dropDuplicates(["user_id"])',
            ),
            (
                "drop_duplicates after a sort, in steps",
                'latest = events.groupBy("user_id").agg(F.max_by("state", "seen_at").alias("state"))',
                'ordered = events.sort("seen_at", ascending=False)\nlatest = ordered.drop_duplicates(subset=["user_id"])§',
            ),
            (
                "a running number as the key",
                'events.groupBy("user_id").agg(F.max_by("state", "seen_at").alias("state"))',
                'events.withColumn("event_key", F.monotonically_increasing_id())',
            ),
        ),
    ),
    Mutator(
        rule="DQS005",
        kind="sql",
        clean="""
CREATE OR REPLACE TABLE main.silver.customers AS
SELECT * FROM main.bronze.customers
QUALIFY row_number() OVER (PARTITION BY customer_id ORDER BY changed_at DESC) = 1;
""",
        edits=edits(
            ("QUALIFY ordered by a constant", "ORDER BY changed_at DESC", "ORDER BY 1"),
            ("QUALIFY ordered by chance", "ORDER BY changed_at DESC", "ORDER BY rand()"),
            ("QUALIFY ordered by its partition", "ORDER BY changed_at DESC", "ORDER BY customer_id"),
            ("QUALIFY ordered by NULL", "ORDER BY changed_at DESC", "ORDER BY (SELECT NULL)"),
        ),
    ),
    Mutator(
        rule="TST002",
        kind="project",
        clean=_TEST,
        edits=edits(
            ("collected rows of groups", '.orderBy("region").collect()]', ".collect()]"),
            (
                "the sort before the aggregate",
                'totals.orderBy("region").collect()',
                'orders.orderBy("region").groupBy("region").agg(F.sum("amount")).collect()',
            ),
            (
                "by position",
                'rows = [tuple(row) for row in totals.orderBy("region").collect()]\n    assert rows == [("eu", 4), ("us", 2)]§',
                'rows = totals.collect()\n    assert rows[0]["total"] == 4§',
            ),
            (
                "after a join",
                'rows = [tuple(row) for row in totals.orderBy("region").collect()]\n    assert rows == [("eu", 4), ("us", 2)]§',
                'joined = orders.join(totals, "region").select("region", "total")\n    assert joined.collect() == [("eu", 4), ("eu", 4), ("us", 2)]§',
            ),
            (
                "as a pandas frame's values",
                'rows = [tuple(row) for row in totals.orderBy("region").collect()]\n    assert rows == [("eu", 4), ("us", 2)]§',
                'assert totals.toPandas()["total"].tolist() == [4, 2]§',
            ),
        ),
    ),
)
