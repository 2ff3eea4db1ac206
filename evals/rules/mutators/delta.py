"""Defects of Delta tables: files removed too early, history overwritten, merges that depend on chance."""

from planting import Mutator, edits

_DAILY = """
import sys
from pyspark.sql import functions as F

run_date = sys.argv[1]
orders = spark.read.table("main.bronze.orders")
today = orders.where(F.col("order_date") == run_date).select("order_id", "order_date", "amount")
today.write.format("delta").mode("overwrite").option("replaceWhere", f"order_date = '{run_date}'").saveAsTable("main.silver.orders")
"""

_WIDGET_DAILY = """
from pyspark.sql.functions import col

dbutils.widgets.text("batch_date", "2026-01-01")
batch_date = dbutils.widgets.get("batch_date")
sales = (
    spark.table("main.bronze.sales")
    .filter(col("sale_date") == batch_date)
    .groupBy("sale_date", "shop_id")
    .sum("amount")
)
sales.writeTo("main.gold.sales_by_shop").overwritePartitions()
"""

_MERGE_UNION = """
from delta.tables import DeltaTable

web = spark.read.table("main.bronze.web_customers")
app = spark.read.table("main.bronze.app_customers")
incoming = web.unionByName(app).dropDuplicates(["customer_id"])
target = DeltaTable.forName(spark, "main.silver.customers")
(
    target.alias("t")
    .merge(incoming.alias("s"), "t.customer_id = s.customer_id")§
    .whenMatchedUpdateAll()
    .whenNotMatchedInsertAll()
    .execute()
)
"""

_MERGE_SQL = """
MERGE INTO main.silver.accounts AS t§
USING (
  SELECT account_id, status, changed_at
  FROM (SELECT * FROM main.bronze.accounts_eu UNION ALL SELECT * FROM main.bronze.accounts_us)
  QUALIFY row_number() OVER (PARTITION BY account_id ORDER BY changed_at DESC) = 1
) AS s
ON t.account_id = s.account_id
WHEN MATCHED THEN UPDATE SET *
WHEN NOT MATCHED THEN INSERT *;
"""

_MERGE_BATCH = """
from delta.tables import DeltaTable
from pyspark.sql import functions as F
from pyspark.sql.window import Window

def upsert(batch, batch_id):
    latest = Window.partitionBy("device_id").orderBy(F.col("seen_at").desc())
    newest = batch.withColumn("place", F.row_number().over(latest)).where("place = 1").drop("place")
    devices = DeltaTable.forName(batch.sparkSession, "main.silver.devices")
    devices.alias("d").merge(newest.alias("n"), "d.device_id = n.device_id").whenMatchedUpdateAll().whenNotMatchedInsertAll().execute()§

(
    spark.readStream.table("main.bronze.device_events")
    .writeStream.foreachBatch(upsert)
    .option("checkpointLocation", "/Volumes/main/silver/checkpoints/devices")
    .trigger(availableNow=True)
    .start()
)
"""

MUTATORS = (
    Mutator(
        rule="DEL001",
        kind="sql",
        clean="VACUUM main.silver.orders RETAIN 720 HOURS;",
        edits=edits(
            ("a day", "720 HOURS", "24 HOURS"),
            ("nothing is kept", "720 HOURS", "0 HOURS"),
            ("one hour too few", "RETAIN 720 HOURS", "RETAIN 167 HOURS"),
            (
                "in lower case",
                "VACUUM main.silver.orders RETAIN 720 HOURS",
                "vacuum main.silver.orders retain 12 hours",
            ),
        ),
    ),
    Mutator(
        rule="DEL001",
        kind="sql",
        clean="VACUUM delta.`/Volumes/main/silver/files/orders` RETAIN 168 HOURS;\nOPTIMIZE main.silver.orders;",
        edits=edits(("a table by its path", "168", "48")),
    ),
    Mutator(
        rule="DEL001",
        kind="python",
        clean="""
from delta.tables import DeltaTable

hours = 168
table = DeltaTable.forName(spark, "main.silver.orders")
table.vacuum(hours)§
""",
        edits=edits(
            ("a constant of the function", "hours = 168", "hours = 24"),
            ("a literal argument", "table.vacuum(hours)", "table.vacuum(1)"),
            ("a fraction by keyword", "table.vacuum(hours)", "table.vacuum(retentionHours=0.5)"),
            ("computed from constants", "hours = 168", "hours = 24 * 2"),
        ),
    ),
    Mutator(
        rule="DEL001",
        kind="python",
        clean="""
RETENTION = 200
for name in ("orders", "customers"):
    spark.sql(f"VACUUM main.silver.{name} RETAIN {RETENTION} HOURS")§
""",
        edits=edits(("a constant in an f-string", "RETENTION = 200", "RETENTION = 20")),
    ),
    Mutator(
        rule="DEL001",
        kind="python",
        clean='spark.conf.set("spark.databricks.delta.retentionDurationCheck.enabled", "true")',
        edits=edits(
            ("the check is switched off", '"true")', '"false")'),
            ("the check is switched off by a boolean", '"true")', "False)"),
        ),
    ),
    Mutator(
        rule="DEL001",
        kind="sql",
        clean="SET spark.databricks.delta.retentionDurationCheck.enabled = true;",
        edits=edits(("the check is switched off in SQL", "= true", "= false")),
    ),
    Mutator(
        rule="DEL002",
        kind="python",
        clean=_DAILY,
        edits=edits(
            (
                "no replaceWhere",
                '.mode("overwrite").option("replaceWhere", f"order_date = \'{run_date}\'")',
                '.mode("overwrite")',
            ),
            (
                "insertInto that overwrites",
                '.format("delta").mode("overwrite").option("replaceWhere", f"order_date = \'{run_date}\'").saveAsTable("main.silver.orders")',
                '.insertInto("main.silver.orders", overwrite=True)',
            ),
        ),
    ),
    Mutator(
        rule="DEL002",
        kind="python",
        clean=_WIDGET_DAILY,
        into=("notebook", "jupyter", "script"),
        edits=edits(
            ("createOrReplace", "overwritePartitions()", "createOrReplace()"),
            (
                "saveAsTable with a keyword mode",
                'sales.writeTo("main.gold.sales_by_shop").overwritePartitions()',
                'sales.write.saveAsTable("main.gold.sales_by_shop", mode="overwrite")',
            ),
        ),
    ),
    Mutator(
        rule="DEL002",
        kind="sql",
        clean="""
INSERT INTO main.gold.revenue REPLACE WHERE order_date = current_date()
SELECT order_date, shop_id, sum(amount) AS revenue
FROM main.silver.orders WHERE order_date = current_date() GROUP BY order_date, shop_id;
""",
        edits=edits(
            (
                "INSERT OVERWRITE of today's rows",
                "INSERT INTO main.gold.revenue REPLACE WHERE order_date = current_date()",
                "INSERT OVERWRITE main.gold.revenue",
            ),
            (
                "CREATE OR REPLACE TABLE of today's rows",
                "INSERT INTO main.gold.revenue REPLACE WHERE order_date = current_date()",
                "CREATE OR REPLACE TABLE main.gold.revenue AS",
            ),
        ),
    ),
    Mutator(
        rule="DEL004",
        kind="python",
        clean=_MERGE_UNION,
        edits=edits(
            ("a union that nothing makes unique", '.dropDuplicates(["customer_id"])', ""),
            ("a union, made unique by the wrong key", '.dropDuplicates(["customer_id"])', '.dropDuplicates(["email"])'),
        ),
    ),
    Mutator(
        rule="DEL004",
        kind="sql",
        clean=_MERGE_SQL,
        edits=edits(
            ("rank, which ties share", "QUALIFY row_number()", "QUALIFY rank()"),
            (
                "no QUALIFY",
                "\n  QUALIFY row_number() OVER (PARTITION BY account_id ORDER BY changed_at DESC) = 1",
                "",
            ),
        ),
    ),
    Mutator(
        rule="DEL004",
        kind="python",
        clean=_MERGE_BATCH,
        into=("script", "function", "notebook", "jupyter"),
        edits=edits(
            (
                "a micro-batch instead of its newest rows, the window left",
                'batch.withColumn("place", F.row_number().over(latest)).where("place = 1").drop("place")',
                "batch",
            ),
            ("a micro-batch beside a window that is not used", "newest.alias", "batch.alias"),
            (
                "a micro-batch as it comes",
                (
                    '    latest = Window.partitionBy("device_id").orderBy(F.col("seen_at").desc())\n'
                    '    newest = batch.withColumn("place", F.row_number().over(latest)).where("place = 1").drop("place")\n'
                ),
                '    newest = batch.select("device_id", "seen_at")\n',
            ),
            (
                "a micro-batch, filtered only, the window left",
                'batch.withColumn("place", F.row_number().over(latest)).where("place = 1").drop("place")',
                'batch.where("device_id is not null")',
            ),
        ),
    ),
)
