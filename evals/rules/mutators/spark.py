"""Defects of PySpark code: rows brought to the driver, jobs in loops, plans that grow, counts for emptiness."""

from planting import Mutator, edits

_SESSION_BUNDLE = """
# file: databricks.yml
bundle:
  name: shop
resources:
  jobs:
    refresh:
      tasks:
        - task_key: refresh
          spark_python_task:
            python_file: ./src/refresh.py
          environment_key: default
      environments:
        - environment_key: default
          spec:
            environment_version: "4"
# file: src/refresh.py
from pyspark import SparkContext
from pyspark.sql import SparkSession

spark = SparkSession.builder.getOrCreate()
orders = spark.read.table("main.silver.orders")
parts = orders.select("country").distinct().count()
orders.write.mode("append").saveAsTable("main.silver.orders_log")
"""

MUTATORS = (
    Mutator(
        rule="PYS001",
        kind="python",
        clean="""
from pyspark.sql import functions as F

orders = spark.read.table("main.silver.orders")
lines = orders.join(spark.table("main.silver.order_lines"), "order_id").withColumn("total", F.col("price") * F.col("quantity"))
rows = lines.limit(100).collect()
""",
        edits=edits(
            ("collect of a join", "rows = lines.limit(100).collect()", "rows = lines.collect()"),
            ("toPandas of a join", "rows = lines.limit(100).collect()", "frame = lines.toPandas()"),
            ("toLocalIterator", "rows = lines.limit(100).collect()", "rows = list(lines.toLocalIterator())"),
            (
                "collect in a comprehension",
                "rows = lines.limit(100).collect()",
                "ids = [row.order_id for row in lines.select('order_id').collect()]",
            ),
        ),
    ),
    Mutator(
        rule="PYS001",
        kind="python",
        clean="""
total = spark.sql("SELECT count(*) AS n FROM main.silver.events").collect()[0]["n"]
""",
        edits=edits(
            (
                "collect of a query of all rows",
                "SELECT count(*) AS n FROM main.silver.events",
                "SELECT user_id AS n FROM main.silver.events",
            ),
        ),
    ),
    Mutator(
        rule="PYS002",
        kind="python",
        clean="""
from pyspark.sql import functions as F

orders = spark.read.table("main.silver.orders")
names = spark.table("main.reference.countries").columns
counts = {}
for row in orders.groupBy("country").count().collect():
    counts[row["country"]] = row["count"]
""",
        edits=edits(
            (
                "count a turn",
                'for row in orders.groupBy("country").count().collect():\n    counts[row["country"]] = row["count"]',
                'for name in names:\n    counts[name] = orders.where(F.col("country") == name).count()',
            ),
            (
                "collect in a comprehension over columns",
                'for row in orders.groupBy("country").count().collect():\n    counts[row["country"]] = row["count"]',
                "counts = {name: orders.agg(F.max(name)).collect()[0][0] for name in orders.columns}",
            ),
            (
                "a query a turn",
                'for row in orders.groupBy("country").count().collect():\n    counts[row["country"]] = row["count"]',
                'for name in names:\n    found = spark.sql(f"SELECT sum(amount) AS s FROM main.silver.orders WHERE country = \'{name}\'")\n    counts[name] = found.collect()[0]["s"]',
            ),
            (
                "count in a while loop",
                'for row in orders.groupBy("country").count().collect():\n    counts[row["country"]] = row["count"]',
                "while names:\n    name = names.pop()\n    counts[name] = orders.filter(orders.country == name).count()",
            ),
        ),
    ),
    Mutator(
        rule="PYS003",
        kind="python",
        clean="""
from pyspark.sql import functions as F

df = spark.read.table("main.bronze.readings")
df = df.withColumns({name: F.trim(F.col(name)) for name in df.columns})
df.write.mode("overwrite").saveAsTable("main.silver.readings")
""",
        edits=edits(
            (
                "withColumn over the columns",
                "df = df.withColumns({name: F.trim(F.col(name)) for name in df.columns})",
                "for name in df.columns:\n    df = df.withColumn(name, F.trim(F.col(name)))",
            ),
            (
                "withColumnRenamed over pairs",
                "df = df.withColumns({name: F.trim(F.col(name)) for name in df.columns})",
                "for at, name in enumerate(df.columns):\n    df = df.withColumnRenamed(name, f'{name}_{at}')",
            ),
            (
                "a chain of two under a condition",
                "df = df.withColumns({name: F.trim(F.col(name)) for name in df.columns})",
                "for name, kind in df.dtypes:\n    if kind == 'string':\n        df = df.withColumn(f'{name}_raw', F.col(name)).withColumn(name, F.lower(name))",
            ),
            (
                "drop a turn",
                "df = df.withColumns({name: F.trim(F.col(name)) for name in df.columns})",
                "for name in df.columns:\n    if name.startswith('_'):\n        df = df.drop(name)",
            ),
            (
                "reduce over the columns",
                "df = df.withColumns({name: F.trim(F.col(name)) for name in df.columns})",
                "import functools\ndf = functools.reduce(lambda frame, name: frame.withColumn(name, F.trim(name)), df.columns, df)",
            ),
        ),
    ),
    Mutator(
        rule="PYS007",
        kind="project",
        clean=_SESSION_BUNDLE,
        edits=edits(
            ("partitions through rdd", 'orders.select("country").distinct().count()', "orders.rdd.getNumPartitions()"),
            (
                "the context of the session",
                'orders.select("country").distinct().count()',
                "spark.sparkContext.defaultParallelism",
            ),
            (
                "through the JVM",
                'orders.select("country").distinct().count()',
                "spark._jvm.java.lang.Runtime.getRuntime().availableProcessors()",
            ),
            (
                "SparkContext.getOrCreate",
                'orders.select("country").distinct().count()',
                "SparkContext.getOrCreate().defaultParallelism",
            ),
            ("the log level", 'orders.select("country").distinct().count()', "spark.sparkContext.setLogLevel('ERROR')"),
            (
                "a map over rows",
                'orders.select("country").distinct().count()',
                "orders.rdd.map(lambda row: row.country).distinct().count()",
            ),
        ),
    ),
    Mutator(
        rule="PYS009",
        kind="python",
        clean="""
late = spark.read.table("main.silver.orders").where("delivered_at > promised_at")
if not late.isEmpty():
    late.write.mode("overwrite").saveAsTable("main.gold.late_orders")
""",
        edits=edits(
            ("greater than nought", "if not late.isEmpty():", "if late.count() > 0:"),
            ("unequal to nought", "if not late.isEmpty():", "if late.count() != 0:"),
            ("the other way round", "if not late.isEmpty():", "if 0 < late.count():"),
            ("at least one", "if not late.isEmpty():", "if late.count() >= 1:"),
            ("negated equality", "if not late.isEmpty():", "if not late.count() == 0:"),
            ("the number as a truth value", "if not late.isEmpty():", "if late.count():"),
            ("after a chain", "if not late.isEmpty():", "if late.select('order_id').distinct().count() > 0:"),
            ("in an assertion", "if not late.isEmpty():", "has_late = late.count() > 0\nif has_late:"),
        ),
    ),
    Mutator(
        rule="PYS011",
        kind="python",
        clean="""
import builtins
from pyspark.sql.functions import *

amounts = [12.5, 3.0, 7.25]
share = builtins.sum(amounts)
""",
        into=("script", "notebook", "jupyter", "function", "branch"),
        edits=edits(
            ("sum of a list", "builtins.sum(amounts)", "sum(amounts)"),
            ("max with a key", "builtins.sum(amounts)", "max(amounts, key=lambda value: -value)"),
            ("round of a number", "builtins.sum(amounts)", "round(12.345, 1) + amounts[0]"),
            ("min of two numbers", "builtins.sum(amounts)", "min(len(amounts), 10)"),
            ("sum of a generator", "builtins.sum(amounts)", "sum(value for value in amounts)"),
            ("abs of a number", "builtins.sum(amounts)", "abs(-5)"),
            ("filter with a lambda", "builtins.sum(amounts)", "list(filter(lambda value: value > 5, amounts))"),
        ),
    ),
)
