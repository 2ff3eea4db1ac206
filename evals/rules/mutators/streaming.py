"""Defects of streaming queries: progress that is lost or shared, state that grows, batches written twice."""

from planting import Mutator, edits

_STREAM = """
orders = spark.readStream.table("main.bronze.orders")
query = (
    orders.where("amount > 0")
    .writeStream.format("delta")§
    .outputMode("append")
    .option("checkpointLocation", "/Volumes/main/silver/checkpoints/orders")
    .trigger(availableNow=True)
    .toTable("main.silver.orders")§
)
"""

_OPTIONS = """
events = (
    spark.readStream.format("cloudFiles")
    .option("cloudFiles.format", "json")
    .option("cloudFiles.schemaLocation", "/Volumes/main/bronze/schemas/events")
    .load("/Volumes/main/landing/events")
)
writer = events.writeStream.option("mergeSchema", "false")
writer = writer.options(checkpointLocation="/Volumes/main/bronze/checkpoints/events")
writer.trigger(processingTime="1 minute").toTable("main.bronze.events")§
"""

_TWO = """
import time

orders = spark.readStream.table("main.bronze.orders")
returns = spark.readStream.table("main.bronze.returns")
orders.writeStream.option("checkpointLocation", "/Volumes/main/silver/checkpoints/orders").toTable("main.silver.orders")§
returns.writeStream.option("checkpointLocation", "/Volumes/main/silver/checkpoints/returns").toTable("main.silver.returns")§
"""

_LOOP = """
for name in ["orders", "returns", "refunds", "parcels"]:
    stream = spark.readStream.table(f"main.bronze.{name}")
    place = f"/Volumes/main/silver/checkpoints/{name}"
    stream.writeStream.option("checkpointLocation", place).toTable(f"main.silver.{name}")§
"""

_STATE = """
from pyspark.sql import functions as F

clicks = spark.readStream.table("main.bronze.clicks").withWatermark("clicked_at", "1 hour")
per_hour = clicks.groupBy(F.window("clicked_at", "1 hour"), "page").count()§
per_hour.writeStream.option("checkpointLocation", "/Volumes/main/gold/checkpoints/clicks").toTable("main.gold.clicks")§
"""

_DEDUP = """
readings = (
    spark.readStream.table("main.bronze.readings")
    .withWatermark("read_at", "10 minutes")
    .dropDuplicates(["sensor_id", "read_at"])§
)
readings.writeStream.option("checkpointLocation", "/Volumes/main/silver/checkpoints/readings").toTable("main.silver.readings")
"""

_JOIN = """
from pyspark.sql import functions as F

shown = spark.readStream.table("main.bronze.shown").withWatermark("shown_at", "2 hours")
clicked = spark.readStream.table("main.bronze.clicked").withWatermark("clicked_at", "3 hours")
pairs = shown.join(clicked, F.expr("shown_id = click_id AND clicked_at BETWEEN shown_at AND shown_at + INTERVAL 1 HOUR"))§
pairs.writeStream.option("checkpointLocation", "/Volumes/main/silver/checkpoints/pairs").toTable("main.silver.pairs")
"""

_BATCH = """
def store(batch, batch_id):
    (
        batch.write.mode("append")§
        .option("txnAppId", "store-orders")
        .option("txnVersion", batch_id)
        .saveAsTable("main.silver.orders")§
    )

(
    spark.readStream.table("main.bronze.orders")
    .writeStream.foreachBatch(store)§
    .option("checkpointLocation", "/Volumes/main/silver/checkpoints/orders")
    .trigger(availableNow=True)
    .start()§
)
"""

_BATCH_SQL = """
import functools

def store(batch, batch_id, table):
    batch.createOrReplaceTempView("batch")
    batch.sparkSession.sql(f"MERGE INTO {table} AS t USING (SELECT DISTINCT * FROM batch) AS b ON t.id = b.id WHEN NOT MATCHED THEN INSERT *")

stream = spark.readStream.table("main.bronze.orders")
writer = stream.writeStream.foreachBatch(functools.partial(store, table="main.silver.orders"))§
writer.option("checkpointLocation", "/Volumes/main/silver/checkpoints/orders").start()
"""

_SERVERLESS = """
# file: databricks.yml
bundle: {name: shop}
resources:
  jobs:
    stream:
      tasks:
        - task_key: stream
          notebook_task:
            notebook_path: ./src/stream.py
# file: src/stream.py
# Databricks notebook source
orders = spark.readStream.table("main.bronze.orders")

# COMMAND ----------

writer = orders.writeStream.option("checkpointLocation", "/Volumes/main/silver/checkpoints/orders")§
writer.trigger(availableNow=True).toTable("main.silver.orders")§
"""

_SERVERLESS_MODULE = """
# file: databricks.yml
bundle:
  name: shop
include:
  - resources/*.yml
# file: resources/stream.yml
resources:
  jobs:
    stream:
      environments:
        - environment_key: default
          spec:
            environment_version: "4"
      tasks:
        - task_key: stream
          environment_key: default
          spark_python_task:
            python_file: ../src/main.py
# file: src/main.py
from pyspark.sql import SparkSession

from shop_stream import start

start(SparkSession.builder.getOrCreate())
# file: src/shop_stream.py
def start(spark):
    (
        spark.readStream.table("main.bronze.orders")
        .writeStream§
        .option("checkpointLocation", "/Volumes/main/silver/checkpoints/orders")
        .trigger(availableNow=True)
        .toTable("main.silver.orders")§
    )
"""

MUTATORS = (
    Mutator(
        rule="STR001",
        kind="python",
        clean=_STREAM,
        edits=edits(
            (
                "no checkpoint in a chain",
                '    .option("checkpointLocation", "/Volumes/main/silver/checkpoints/orders")\n',
                "",
            ),
            (
                "another option in its place",
                '.option("checkpointLocation", "/Volumes/main/silver/checkpoints/orders")',
                '.option("mergeSchema", "true")',
            ),
            ("a name misspelt", '"checkpointLocation"', '"checkpoint"'),
        ),
    ),
    Mutator(
        rule="STR001",
        kind="python",
        clean=_OPTIONS,
        edits=edits(
            (
                "no checkpoint on a writer's variable",
                'writer = writer.options(checkpointLocation="/Volumes/main/bronze/checkpoints/events")\n',
                "",
            ),
            (
                "no checkpoint among options",
                'options(checkpointLocation="/Volumes/main/bronze/checkpoints/events")',
                'options(ignoreChanges="true")',
            ),
        ),
    ),
    Mutator(
        rule="STR001",
        kind="python",
        clean=_BATCH,
        into=("script", "function", "notebook", "jupyter"),
        edits=edits(
            (
                "a handler without a checkpoint",
                '    .option("checkpointLocation", "/Volumes/main/silver/checkpoints/orders")\n    .trigger(availableNow=True)\n',
                "    .outputMode('update')\n",
            )
        ),
    ),
    Mutator(
        rule="STR002",
        kind="python",
        clean=_TWO,
        edits=edits(
            ("two queries on one path", "checkpoints/returns", "checkpoints/orders"),
            (
                "a path of the clock",
                '"/Volumes/main/silver/checkpoints/orders"',
                'f"/Volumes/main/silver/checkpoints/orders/{time.time()}"',
            ),
            ("a temporary folder", '"/Volumes/main/silver/checkpoints/orders"', '"/tmp/checkpoints/orders"'),
            ("a temporary folder of DBFS", '"/Volumes/main/silver/checkpoints/orders"', '"dbfs:/tmp/orders"'),
        ),
    ),
    Mutator(
        rule="STR002",
        kind="python",
        clean="""
import datetime
import tempfile
import uuid

run = "orders"
orders = spark.readStream.table("main.bronze.orders")
orders.writeStream.option("checkpointLocation", f"/Volumes/main/silver/checkpoints/{run}").toTable("main.silver.orders")§
""",
        edits=edits(
            ("a random path through a variable", 'run = "orders"', "run = uuid.uuid4().hex"),
            ("a path of today", 'run = "orders"', 'run = datetime.datetime.now().strftime("%Y%m%d%H%M")'),
            ("a made folder", 'f"/Volumes/main/silver/checkpoints/{run}"', "tempfile.mkdtemp()"),
            (
                "str.format with a random part",
                'f"/Volumes/main/silver/checkpoints/{run}"',
                '"/Volumes/main/silver/checkpoints/{}".format(uuid.uuid4())',
            ),
        ),
    ),
    Mutator(
        rule="STR002",
        kind="python",
        clean=_LOOP,
        edits=edits(
            (
                "one path for every turn of a loop",
                'f"/Volumes/main/silver/checkpoints/{name}"',
                '"/Volumes/main/silver/checkpoints/all"',
            )
        ),
    ),
    Mutator(
        rule="STR003",
        kind="python",
        clean=_STATE,
        edits=edits(("a window without a watermark", '.withWatermark("clicked_at", "1 hour")', "")),
    ),
    Mutator(
        rule="STR003",
        kind="python",
        clean=_DEDUP,
        edits=edits(
            ("dropDuplicates without a watermark", '    .withWatermark("read_at", "10 minutes")\n', ""),
            ("dropDuplicates without the watermark's column", '["sensor_id", "read_at"]', '["sensor_id"]'),
            (
                "distinct without a watermark",
                '    .withWatermark("read_at", "10 minutes")\n    .dropDuplicates(["sensor_id", "read_at"])',
                "    .distinct()",
            ),
        ),
    ),
    Mutator(
        rule="STR003",
        kind="python",
        clean=_JOIN,
        edits=edits(
            (
                "a join with neither watermark",
                '.withWatermark("shown_at", "2 hours")\nclicked = spark.readStream.table("main.bronze.clicked").withWatermark("clicked_at", "3 hours")',
                '\nclicked = spark.readStream.table("main.bronze.clicked")',
            ),
            ("a join with one watermark", '.withWatermark("clicked_at", "3 hours")', ""),
        ),
    ),
    Mutator(
        rule="STR003",
        kind="sql",
        clean="""
CREATE OR REFRESH STREAMING TABLE main.gold.clicks AS§
SELECT window(clicked_at, '1 hour') AS hour, count(*) AS clicks
FROM STREAM main.bronze.clicks WATERMARK clicked_at DELAY OF INTERVAL 1 HOUR
GROUP BY window(clicked_at, '1 hour');§
""",
        into=("file", "notebook"),
        edits=edits(("SQL window without a watermark", " WATERMARK clicked_at DELAY OF INTERVAL 1 HOUR", "")),
    ),
    Mutator(
        rule="STR004",
        kind="python",
        clean=_BATCH,
        into=("script", "function", "notebook", "jupyter", "branch"),
        edits=edits(
            (
                "an append without txn options",
                '        .option("txnAppId", "store-orders")\n        .option("txnVersion", batch_id)\n',
                "",
            ),
            ("an append with half the txn options", '        .option("txnVersion", batch_id)\n', ""),
            (
                "insertInto",
                'batch.write.mode("append")§\n        .option("txnAppId", "store-orders")\n        .option("txnVersion", batch_id)\n        .saveAsTable("main.silver.orders")',
                'batch.write.insertInto("main.silver.orders")',
            ),
            (
                "writeTo append",
                'batch.write.mode("append")§\n        .option("txnAppId", "store-orders")\n        .option("txnVersion", batch_id)\n        .saveAsTable("main.silver.orders")',
                'batch.writeTo("main.silver.orders").append()',
            ),
        ),
    ),
    Mutator(
        rule="STR004",
        kind="python",
        clean=_BATCH_SQL,
        into=("script", "function", "notebook", "jupyter", "branch"),
        edits=edits(
            (
                "INSERT INTO in an f-string, through partial",
                "MERGE INTO {table} AS t USING (SELECT DISTINCT * FROM batch) AS b ON t.id = b.id WHEN NOT MATCHED THEN INSERT *",
                "INSERT INTO {table} SELECT * FROM batch",
            ),
        ),
    ),
    Mutator(
        rule="STR004",
        kind="project",
        clean="""
# file: src/shop/sinks.py
class OrderSink:
    def write(self, frame, version):
        frame.write.format("delta").mode("append").option("txnAppId", "sink").option("txnVersion", version).saveAsTable("main.silver.orders")
# file: src/shop/stream.py
from shop.sinks import OrderSink


def run(spark):
    sink = OrderSink()
    stream = spark.readStream.table("main.bronze.orders")
    stream.writeStream.option("checkpointLocation", "/Volumes/main/silver/checkpoints/o").foreachBatch(sink.write).start()§
""",
        edits=edits(("a method of another file", '.option("txnAppId", "sink").option("txnVersion", version)', "")),
    ),
    Mutator(
        rule="STR005",
        kind="project",
        clean=_SERVERLESS,
        edits=edits(
            ("processingTime", "trigger(availableNow=True)", 'trigger(processingTime="30 seconds")'),
            ("no trigger", ".trigger(availableNow=True)", ""),
            ("continuous", "trigger(availableNow=True)", 'trigger(continuous="1 second")'),
        ),
    ),
    Mutator(
        rule="STR005",
        kind="project",
        clean=_SERVERLESS_MODULE,
        edits=edits(
            (
                "processingTime in an imported module",
                "trigger(availableNow=True)",
                'trigger(processingTime="5 minutes")',
            ),
            ("no trigger in an imported module", "        .trigger(availableNow=True)\n", ""),
        ),
    ),
    Mutator(
        rule="STR006",
        kind="python",
        clean=_STREAM,
        edits=edits(
            ("once in a chain", "trigger(availableNow=True)", "trigger(once=True)"),
            ("once through a dictionary", "trigger(availableNow=True)", 'trigger(**{"once": True})'),
        ),
    ),
)
