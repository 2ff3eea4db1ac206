"""Defects of names and paths: the Hive metastore, tables without a catalog, and folders of DBFS."""

from planting import Mutator, edits

MUTATORS = (
    Mutator(
        rule="UC001",
        kind="sql",
        clean="CREATE OR REPLACE TABLE main.gold.revenue AS SELECT * FROM main.silver.orders;",
        edits=edits(
            ("read from the Hive metastore", "FROM main.silver", "FROM hive_metastore.silver"),
            ("written to the Hive metastore", "TABLE main.gold", "TABLE hive_metastore.gold"),
            ("quoted", "FROM main.silver", "FROM `hive_metastore`.`silver`"),
            (
                "the catalog chosen",
                "CREATE OR REPLACE TABLE main.gold.revenue AS SELECT * FROM main.silver.orders",
                "USE CATALOG hive_metastore",
            ),
        ),
    ),
    Mutator(
        rule="UC001",
        kind="python",
        clean="""
from delta.tables import DeltaTable

orders = spark.read.table("main.silver.orders")
target = DeltaTable.forName(spark, "main.gold.orders")
orders.write.mode("append").saveAsTable("main.gold.order_log")
""",
        edits=edits(
            ("spark.read.table", 'read.table("main.', 'read.table("hive_metastore.'),
            ("spark.table", 'spark.read.table("main.silver.orders")', 'spark.table("hive_metastore.silver.orders")'),
            ("DeltaTable.forName", '(spark, "main.', '(spark, "hive_metastore.'),
            ("saveAsTable", 'saveAsTable("main.', 'saveAsTable("hive_metastore.'),
            (
                "an f-string",
                'spark.read.table("main.silver.orders")',
                'spark.read.table(f"hive_metastore.silver.{table_name}")',
            ),
            (
                "a constant",
                'orders = spark.read.table("main.silver.orders")',
                'SOURCE = "hive_metastore.silver.orders"\norders = spark.read.table(SOURCE)§',
            ),
        ),
    ),
    Mutator(
        rule="UC001",
        kind="project",
        clean="""
# file: databricks.yml
bundle: {name: shop}
resources:
  jobs:
    nightly:
      schedule: {quartz_cron_expression: "0 0 2 * * ?", timezone_id: UTC}
      tasks:
        - {task_key: load, notebook_task: {notebook_path: ./src/load.py}}
# file: src/load.py
# Databricks notebook source
orders = spark.read.table("main.bronze.orders")
orders.write.mode("overwrite").saveAsTable("main.silver.orders")
""",
        edits=edits(
            ("two levels in a scheduled task", 'saveAsTable("main.silver.orders")', 'saveAsTable("silver.orders")'),
            ("one level in a scheduled task", 'saveAsTable("main.silver.orders")', 'saveAsTable("orders")'),
        ),
    ),
    Mutator(
        rule="UC002",
        kind="python",
        clean="""
from pyspark.sql import functions as F

orders = spark.read.format("parquet").load("/Volumes/main/landing/orders")
with open("/Volumes/main/landing/rates.json") as rates:
    text = rates.read()
dbutils.fs.ls("/Volumes/main/landing")
""",
        edits=edits(
            ("a mount", 'load("/Volumes/main/landing/orders")', 'load("/mnt/landing/orders")'),
            ("dbfs:/", 'load("/Volumes/main/landing/orders")', 'load("dbfs:/landing/orders")'),
            ("dbfs:/mnt", 'load("/Volumes/main/landing/orders")', 'load("dbfs:/mnt/landing/orders")'),
            ("/dbfs for Python", 'open("/Volumes/main/landing/rates.json")', 'open("/dbfs/FileStore/rates.json")'),
            ("an f-string", 'load("/Volumes/main/landing/orders")', 'load(f"/mnt/{region_name}/orders")'),
            (
                "a constant",
                'orders = spark.read.format("parquet").load("/Volumes/main/landing/orders")',
                'ROOT = "/mnt/landing"\norders = spark.read.format("parquet").load(ROOT + "/orders")',
            ),
            (
                "a mount made",
                'dbutils.fs.ls("/Volumes/main/landing")',
                'dbutils.fs.mount(source="abfss://raw@shop.dfs.core.windows.net", mount_point="/mnt/raw")',
            ),
        ),
    ),
    Mutator(
        rule="UC002",
        kind="sql",
        clean="CREATE OR REPLACE TABLE main.bronze.orders AS SELECT * FROM delta.`/Volumes/main/landing/orders`;",
        edits=edits(
            ("a mount in SQL", "`/Volumes/main/landing/orders`", "`/mnt/landing/orders`"),
            ("dbfs:/ in SQL", "`/Volumes/main/landing/orders`", "`dbfs:/landing/orders`"),
            (
                "a location",
                "AS SELECT * FROM delta.`/Volumes/main/landing/orders`",
                "(id BIGINT) USING DELTA LOCATION 'dbfs:/user/hive/warehouse/orders'",
            ),
        ),
    ),
    Mutator(
        rule="UC002",
        kind="project",
        clean="""
# file: databricks.yml
bundle: {name: shop}
resources:
  jobs:
    load:
      tasks:
        - task_key: load
          spark_python_task:
            python_file: ./src/load.py
            parameters: ["--source", "/Volumes/main/landing"]
          libraries:
            - whl: /Volumes/main/libraries/shop.whl
# file: src/load.py
print("loaded")
""",
        edits=edits(
            ("a parameter of a bundle", '"/Volumes/main/landing"', '"dbfs:/landing"'),
            ("a library of a bundle", "/Volumes/main/libraries/shop.whl", "dbfs:/FileStore/jars/shop.whl"),
        ),
    ),
)
