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

_REPLACED = """
spark.conf.set("spark.sql.session.timeZone", "UTC")§
orders = spark.table("main.bronze.orders").filter("day = '2026-11-01'")
orders.write.mode("overwrite").option("replaceWhere", "day = '2026-11-01'").saveAsTable("main.silver.orders")§
"""

_TESTED = """
# file: src/orders.py
def total(df):
    return df.groupBy("id").sum("amount")
# file: tests/test_orders.py
from pyspark.testing import assertDataFrameEqual


def test_orders_are_summed(spark):§
    df = spark.createDataFrame([("a", 1), ("a", 2)], ["id", "amount"])
    assertDataFrameEqual(df.groupBy("id").sum("amount"), spark.createDataFrame([("a", 3)], ["id", "sum(amount)"]))


def test_nothing_is_left_over(spark):§
    assert spark.createDataFrame([("a", 1)], ["id", "amount"]).filter("amount < 0").count() == 0
"""

_COMPUTE = """
# file: databricks.yml
bundle: {name: churn}
variables:
  policy:
    lookup: {cluster_policy: jobs}
resources:
  jobs:
    nightly:
      schedule: {quartz_cron_expression: "0 30 2 * * ?", timezone_id: UTC}
      email_notifications: {on_failure: [churn-alerts@example.com]}
      job_clusters:
        - job_cluster_key: small
          new_cluster:
            spark_version: 17.3.x-scala2.13
            num_workers: 2
            policy_id: ${var.policy}
        - job_cluster_key: large
          new_cluster:§
            spark_version: 17.3.x-scala2.13
            num_workers: 16
            policy_id: ${var.policy}
      tasks:
        - task_key: load
          job_cluster_key: small
          spark_python_task: {python_file: ./load.py}
        - task_key: score
          depends_on: [{task_key: load}]
          job_cluster_key: large
          spark_python_task: {python_file: ./score.py}
  model_serving_endpoints:
    churn:
      name: churn§
      config:
        served_entities:
          - {entity_name: main.ml.churn, entity_version: "7", workload_size: Small, scale_to_zero_enabled: false}
      ai_gateway:
        inference_table_config: {enabled: true, catalog_name: main, schema_name: ml_logs}
targets:
  prod:
    mode: production
    workspace: {root_path: /Workspace/Applications/churn}
    run_as: {service_principal_name: 3f1c9a52-7d40-4b6e-9c18-5ae02d7b6f91}
# file: load.py
spark.read.table("main.bronze.visits").write.mode("overwrite").saveAsTable("main.silver.visits")
# file: score.py
spark.read.table("main.silver.visits").write.mode("overwrite").saveAsTable("main.gold.scores")
"""

MUTATORS = (
    Mutator(
        rule="DEL003",
        kind="python",
        clean=_REPLACED,
        edits=edits(
            (
                "the session",
                '"spark.sql.session.timeZone", "UTC"',
                '"spark.sql.sources.partitionOverwriteMode", "dynamic"',
            ),
            ("one write", '"replaceWhere", "day = \'2026-11-01\'"', '"partitionOverwriteMode", "dynamic"'),
        ),
    ),
    Mutator(
        rule="TST004",
        kind="project",
        clean=_TESTED,
        edits=edits(
            (
                "rows are shown",
                '    assertDataFrameEqual(df.groupBy("id").sum("amount"), spark.createDataFrame([("a", 3)], ["id", "sum(amount)"]))',
                '    df.groupBy("id").sum("amount").show()',
            ),
            (
                "rows are counted",
                '    assert spark.createDataFrame([("a", 1)], ["id", "amount"]).filter("amount < 0").count() == 0',
                '    print(spark.createDataFrame([("a", 1)], ["id", "amount"]).filter("amount < 0").count())',
            ),
        ),
    ),
    Mutator(
        rule="POL002",
        kind="project",
        clean=_COMPUTE,
        edits=edits(("the large one", "num_workers: 16\n            policy_id: ${var.policy}\n", "num_workers: 16\n")),
    ),
    Mutator(
        rule="MON001",
        kind="project",
        clean=_COMPUTE,
        edits=edits(
            ("switched off", "enabled: true", "enabled: false"),
            (
                "never set",
                "      ai_gateway:\n        inference_table_config: {enabled: true, catalog_name: main, schema_name: ml_logs}\n",
                "",
            ),
        ),
    ),
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
