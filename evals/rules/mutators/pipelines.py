"""Defects of pipelines: the old interface, actions in datasets, mutable sources, second runs, failures not told."""

from planting import Mutator, edits

_DATASET = """
# file: pipelines/orders.py
from pyspark import pipelines as dp
from pyspark.sql import functions as F


@dp.materialized_view(name="orders_per_day", comment="Orders of each day.")
@dp.expect_or_drop("has_day", "day IS NOT NULL")
def orders_per_day():
    orders = spark.read.table("main.silver.orders")
    days = orders.withColumn("day", F.to_date("ordered_at"))
    return days.groupBy("day").count()


def table_size(spark, name):
    return spark.read.table(name).count()
"""

_MUTABLE = """
# file: jobs/load.py
from pyspark.sql import SparkSession

spark = SparkSession.builder.getOrCreate()
new = spark.read.table("main.landing.orders").dropDuplicates(["order_id"])
new.write.mode("append").saveAsTable("main.bronze.orders")
# file: jobs/stream.py
from pyspark.sql import SparkSession

spark = SparkSession.builder.getOrCreate()
orders = spark.readStream.table("main.bronze.orders")§
orders.writeStream.option("checkpointLocation", "/Volumes/main/silver/cp/orders").trigger(availableNow=True).toTable("main.silver.orders")
"""

_JOB_APPEND = """
# file: databricks.yml
bundle: {name: shop}
resources:
  jobs:
    nightly:
      schedule: {quartz_cron_expression: "0 0 2 * * ?", timezone_id: UTC}
      tasks:
        - task_key: load
          notebook_task: {notebook_path: ./src/load.py}
# file: src/load.py
# Databricks notebook source
from pyspark.sql import functions as F

orders = spark.read.table("main.bronze.orders").where(F.col("amount") > 0)
orders.write.mode("overwrite").saveAsTable("main.silver.orders")
"""

_TRY = """
import logging

log = logging.getLogger("shop")
orders = spark.read.table("main.bronze.orders")
try:§
    orders.write.mode("overwrite").saveAsTable("main.silver.orders")§
except Exception as error:§
    log.error("orders not written: %s", error)
    raise
"""

_TRY_SQL = """
def upsert(session):
    session.sql("MERGE INTO main.silver.orders AS t USING main.bronze.orders_today AS s ON t.id = s.id WHEN NOT MATCHED THEN INSERT *")

try:§
    upsert(spark)§
except Exception:§
    print("the merge failed")
    raise
"""

MUTATORS = (
    Mutator(
        rule="PIP001",
        kind="project",
        clean=_DATASET.replace("def table_size", "def table_size"),
        edits=edits(
            ("import dlt", "from pyspark import pipelines as dp", "import dlt as dp"),
        ),
    ),
    Mutator(
        rule="PIP001",
        kind="project",
        clean="""
# file: pipelines/orders.py
# Databricks notebook source
from pyspark import pipelines as dlt

# COMMAND ----------

@dlt.table
def orders():
    return spark.readStream.table("main.bronze.orders")

dlt.create_streaming_table("customers")
""",
        edits=edits(
            ("import dlt in a notebook", "from pyspark import pipelines as dlt", "import dlt"),
            ("from dlt import", "from pyspark import pipelines as dlt\n", "import dlt\nfrom dlt import table\n"),
        ),
    ),
    Mutator(
        rule="PIP001",
        kind="sql",
        clean="""
CREATE OR REFRESH STREAMING TABLE customers;
AUTO CDC INTO customers FROM STREAM main.bronze.customers KEYS (customer_id) SEQUENCE BY changed_at STORED AS SCD TYPE 2;
""",
        into=("file", "notebook"),
        edits=edits(("APPLY CHANGES INTO", "AUTO CDC INTO", "APPLY CHANGES INTO")),
    ),
    Mutator(
        rule="PIP002",
        kind="project",
        clean=_DATASET,
        edits=edits(
            ("count for a log", "    days = orders", "    print(orders.count())\n    days = orders"),
            (
                "collect for a list",
                "    days = orders",
                '    names = [row.shop for row in orders.select("shop").distinct().collect()]\n    days = orders',
            ),
            ("toPandas", "    days = orders", "    small = orders.limit(10).toPandas()\n    days = orders"),
            (
                "a table written beside",
                "    return days.groupBy",
                '    days.write.mode("append").saveAsTable("main.silver.days")\n    return days.groupBy',
            ),
            (
                "files written beside",
                "    return days.groupBy",
                '    days.write.format("parquet").save("/Volumes/main/silver/days")\n    return days.groupBy',
            ),
            (
                "a stream started",
                "    return days.groupBy",
                '    spark.readStream.table("main.bronze.o").writeStream.toTable("main.silver.o")\n    return days.groupBy',
            ),
        ),
    ),
    Mutator(
        rule="PIP002",
        kind="project",
        clean="""
# file: pipelines/orders.py
import dlt


@dlt.table
def orders():
    frame = dlt.read("raw_orders")
    return frame.where("amount > 0")
""",
        edits=edits(
            (
                "count in a condition of dlt",
                "    return frame",
                '    if frame.count() == 0:\n        raise ValueError("no rows")\n    return frame',
            ),
            (
                "insertInto in dlt",
                "    return frame",
                '    frame.write.insertInto("main.silver.copy")\n    return frame',
            ),
        ),
    ),
    Mutator(
        rule="PIP004",
        kind="project",
        clean=_MUTABLE,
        edits=edits(
            ("the source is overwritten", 'new.write.mode("append")', 'new.write.mode("overwrite")'),
            (
                "the source is updated",
                'new.write.mode("append").saveAsTable("main.bronze.orders")',
                "spark.sql(\"UPDATE main.bronze.orders SET state = 'closed' WHERE amount = 0\")",
            ),
            (
                "the source is deleted from",
                'new.write.mode("append").saveAsTable("main.bronze.orders")',
                'spark.sql("DELETE FROM main.bronze.orders WHERE amount IS NULL")',
            ),
            (
                "the source is merged into",
                'new.write.mode("append").saveAsTable("main.bronze.orders")',
                'from delta.tables import DeltaTable\nDeltaTable.forName(spark, "main.bronze.orders").alias("t").merge(new.alias("s"), "t.order_id = s.order_id").whenMatchedUpdateAll().execute()',
            ),
        ),
    ),
    Mutator(
        rule="PIP005",
        kind="project",
        clean=_JOB_APPEND,
        edits=edits(
            ("append to a table", 'mode("overwrite")', 'mode("append")'),
            (
                "insertInto",
                'orders.write.mode("overwrite").saveAsTable("main.silver.orders")',
                'orders.write.insertInto("main.silver.orders")',
            ),
            (
                "writeTo append",
                'orders.write.mode("overwrite").saveAsTable("main.silver.orders")',
                'orders.writeTo("main.silver.orders").append()',
            ),
            (
                "a keyword mode",
                'orders.write.mode("overwrite").saveAsTable("main.silver.orders")',
                'orders.write.saveAsTable("main.silver.orders", mode="append")',
            ),
            (
                "INSERT INTO",
                'orders.write.mode("overwrite").saveAsTable("main.silver.orders")',
                'spark.sql("INSERT INTO main.silver.orders SELECT * FROM main.bronze.orders")',
            ),
            (
                "INSERT INTO in a %sql cell",
                'orders.write.mode("overwrite").saveAsTable("main.silver.orders")',
                "# COMMAND ----------\n\n# MAGIC %sql\n# MAGIC INSERT INTO main.silver.orders SELECT * FROM main.bronze.orders",
            ),
        ),
    ),
    Mutator(
        rule="PIP006",
        kind="python",
        clean=_TRY,
        edits=edits(
            ("logged and gone on", "\n    raise\n", "\n"),
            ("passed", '\n    log.error("orders not written: %s", error)\n    raise\n', "\n    pass\n"),
            ("printed", '\n    log.error("orders not written: %s", error)\n    raise\n', "\n    print(error)\n"),
            (
                "a bare except",
                'except Exception as error:§\n    log.error("orders not written: %s", error)\n    raise\n',
                "except:\n    log.warning('write failed')\n",
            ),
            (
                "logged with the trace",
                '\n    log.error("orders not written: %s", error)\n    raise\n',
                '\n    log.exception("orders not written")\n',
            ),
        ),
    ),
    Mutator(
        rule="PIP006",
        kind="python",
        clean=_TRY_SQL,
        edits=edits(("a merge in a function of the file", "\n    raise\n", "\n")),
    ),
)
