"""A job runs less often than the data contract of the table that it fills promises.

What: a `frequency`, `freshness` or `latency` of a contract that is shorter than the longest pause between two runs of
the fastest scheduled job of production that writes the contract's table.

Why: the promise is broken by the calendar alone, every day, even when each run succeeds. Nobody is alarmed, because no
job fails; the consumer is the first to see it.

Silent when: some writer of the table is not known to run by the clock: no task of production runs its file, it starts
on files, tables or another job, runs continuously or is paused; the contract is a draft or names another table; value
or unit are not certain. Weekends do not count for a schedule from Monday to Friday.

Source: Open Data Contract Standard, service level agreement; Quartz cron expressions.

Bad: fresh within six hours, filled once a day::

    # file: contracts/orders.yaml
    kind: DataContract
    apiVersion: v3.1.0
    id: orders
    version: 1.0.0
    status: active
    schema:
      - name: orders
        physicalName: gold.orders
    slaProperties:
      - {property: freshness, value: 6, unit: h}
    # file: databricks.yml
    bundle:
      name: shop
    resources:
      jobs:
        nightly:
          schedule:
            quartz_cron_expression: 0 30 2 * * ?
            timezone_id: UTC
          tasks:
            - task_key: orders
              notebook_task:
                notebook_path: ./load_orders.py
    targets:
      staging: {mode: production, presets: {trigger_pause_status: PAUSED}}
      prod: {mode: production}
    # file: load_orders.py
    # Databricks notebook source
    spark.table("main.silver.orders").write.mode("overwrite").saveAsTable("main.gold.orders")

Bad: every week, by a trigger, through a pipeline::

    # file: contracts/orders.yaml
    kind: DataContract
    apiVersion: v3.1.0
    id: orders
    version: 1.0.0
    status: active
    schema:
      - name: orders
    slaProperties:
      - {property: frequency, value: 1, unit: d, element: orders.loaded_at}
    # file: databricks.yml
    bundle:
      name: shop
    resources:
      jobs:
        refresh:
          trigger:
            periodic: {interval: 1, unit: WEEKS}
          tasks:
            - task_key: marts
              pipeline_task: {pipeline_id: "${resources.pipelines.marts.id}"}
      pipelines:
        marts:
          catalog: main
          schema: gold
          libraries:
            - file: {path: ./marts.py}
    # file: marts.py
    from pyspark import pipelines as dp

    @dp.materialized_view
    def orders():
        return spark.read.table("main.silver.orders")

Good: the clock keeps the promise, on working days::

    # file: contracts/orders.yaml
    kind: DataContract
    id: orders
    status: active
    schema:
      - name: orders
    slaProperties:
      - {property: freshness, value: 24, unit: h}
      - {property: retention, value: 1, unit: h}
    # file: databricks.yml
    bundle:
      name: shop
    resources:
      jobs:
        nightly:
          schedule: {quartz_cron_expression: "0 0 5 ? * MON-FRI", timezone_id: UTC}
          tasks:
            - task_key: orders
              spark_python_task: {python_file: ./load_orders.py}
    # file: load_orders.py
    spark.table("main.silver.orders").write.mode("overwrite").saveAsTable("main.gold.orders")

Good: a second job fills it as files arrive::

    # file: contracts/orders.yaml
    kind: DataContract
    id: orders
    status: active
    schema:
      - name: orders
    slaProperties:
      - {property: latency, value: 1, unit: h}
    # file: databricks.yml
    bundle:
      name: shop
    resources:
      jobs:
        nightly:
          schedule: {quartz_cron_expression: "0 0 5 * * ?", timezone_id: UTC}
          tasks:
            - task_key: orders
              spark_python_task: {python_file: ./load_orders.py}
        arriving:
          trigger:
            file_arrival: {url: /Volumes/main/raw/orders}
          tasks:
            - task_key: orders
              spark_python_task: {python_file: ./load_orders.py}
    # file: load_orders.py
    spark.table("main.silver.orders").write.mode("overwrite").saveAsTable("main.gold.orders")
"""

from __future__ import annotations

from orchestrator.rules.rule import Rule, Severity
from orchestrator.rules.sla_guardian._promises import check

RULE = Rule(
    id="SLA003",
    name="schedule-cannot-meet-freshness",
    severity=Severity.HIGH,
    default=True,
    references=("https://bitol-io.github.io/open-data-contract-standard/latest/service-level-agreement/",),
)
RULE.on_project(check)
