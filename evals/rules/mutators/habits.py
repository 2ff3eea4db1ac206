"""Habits that cost or lose something: gaps that are ignored, code that nobody pinned, one file, too much shared."""

from planting import Mutator, edits

_STREAM = """
orders = (
    spark.readStream.format("kafka")
    .option("kafka.bootstrap.servers", "broker.shop.internal:9092")
    .option("subscribe", "orders")
    .option("failOnDataLoss", "true")§
    .load()
)
orders.writeStream.option("checkpointLocation", "/Volumes/main/ops/cp/orders").toTable("main.bronze.orders")
"""

_TABLE = """
orders = spark.table("main.bronze.orders").filter("amount > 0")
repaired = orders.repartition(64)§
repaired.write.mode("append").saveAsTable("main.silver.orders")§
"""

_SHARE = """
ALTER SHARE partners ADD VIEW main.gold.orders_shared;
ALTER SHARE partners ADD TABLE main.gold.stores WITHOUT HISTORY;§
"""

_INSTALLED = """
# file: notebooks/load.py
# Databricks notebook source
# MAGIC %pip install git+https://github.com/example/feature-tools@v1.4.2§

# COMMAND ----------

print("ready")
# file: scripts/init.sh
#!/bin/bash
set -e
curl -fsSL -o /tmp/install.sh https://get.example.com/agent/install.sh§
# file: .github/workflows/check.yml
on: {push: {branches: [main]}}
jobs:
  check:
    runs-on: ubuntu-latest
    steps:
      - run: pip install git+https://github.com/example/feature-tools@v1.4.2§
"""

MUTATORS = (
    Mutator(
        rule="STR010",
        kind="python",
        clean=_STREAM,
        edits=edits(
            ("an option", '"failOnDataLoss", "true"', '"failOnDataLoss", "false"'),
            ("a boolean", '"failOnDataLoss", "true"', '"failOnDataLoss", False'),
            ("among others", '.option("failOnDataLoss", "true")', '.options(failOnDataLoss="false")'),
        ),
    ),
    Mutator(
        rule="PYS012",
        kind="python",
        clean=_TABLE,
        edits=edits(
            ("repartition through a variable", "repartition(64)", "repartition(1)"),
            ("coalesce through a variable", "repartition(64)", "coalesce(1)"),
            ("coalesce at the write", "repaired.write", "repaired.coalesce(1).write"),
        ),
    ),
    Mutator(
        rule="SHR004",
        kind="sql",
        clean=_SHARE,
        edits=edits(
            ("with its history", "WITHOUT HISTORY", "WITH HISTORY"),
            ("a whole schema", "ADD TABLE main.gold.stores WITHOUT HISTORY", "ADD SCHEMA main.gold"),
        ),
    ),
    Mutator(
        rule="SEC007",
        kind="project",
        clean=_INSTALLED,
        edits=edits(
            (
                "the head, in a notebook",
                "%pip install git+https://github.com/example/feature-tools@v1.4.2",
                "%pip install git+https://github.com/example/feature-tools",
            ),
            (
                "a branch, in CI",
                "- run: pip install git+https://github.com/example/feature-tools@v1.4.2",
                "- run: pip install git+https://github.com/example/feature-tools@main",
            ),
            (
                "a page given to a shell",
                "curl -fsSL -o /tmp/install.sh https://get.example.com/agent/install.sh",
                "curl -fsSL https://get.example.com/agent/install.sh | bash",
            ),
        ),
    ),
)
