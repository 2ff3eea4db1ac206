"""A serverless task starts a streaming query with a trigger that serverless compute refuses.

What: a `writeStream` in a file that a bundle's task runs on serverless compute, or in a function that such a file
imports and calls, whose trigger is `processingTime`, `continuous` or absent.

Why: serverless compute for notebooks and jobs runs queries that end by themselves, with `availableNow`. Any trigger by
time, the default one too, stops the task with an error when the query starts.

Silent when: the trigger is `availableNow`, on some branch at least, or `once`, which STR006 is about; trigger or
options come from a variable; the task runs on a cluster, or on what no bundle says; a declarative pipeline runs the
file; a condition around it chooses by the compute.

Source: Databricks documentation, limitations of serverless compute, streaming.

Bad::

    # file: databricks.yml
    bundle:
      name: orders
    resources:
      jobs:
        orders:
          tasks:
            - task_key: stream
              environment_key: default
              spark_python_task:
                python_file: src/stream.py
          environments:
            - environment_key: default
              spec:
                environment_version: "4"
    # file: src/stream.py
    (spark.readStream.table("main.bronze.orders")
        .writeStream.option("checkpointLocation", path)
        .trigger(processingTime="1 minute")
        .toTable("main.silver.orders"))

Bad: no trigger, in a notebook task without a cluster::

    # file: databricks.yml
    bundle:
      name: orders
    resources:
      jobs:
        orders:
          tasks:
            - task_key: stream
              notebook_task:
                notebook_path: src/stream.py
    # file: src/stream.py
    # Databricks notebook source
    stream = spark.readStream.table("main.bronze.orders")
    stream.writeStream.option("checkpointLocation", path).toTable("main.silver.orders")

Bad: in a function of another file::

    # file: databricks.yml
    bundle:
      name: orders
    resources:
      jobs:
        orders:
          tasks:
            - task_key: stream
              environment_key: default
              spark_python_task:
                python_file: src/main.py
          environments:
            - environment_key: default
              spec:
                environment_version: "4"
    # file: src/main.py
    from orders.streams import run_all

    run_all(spark)
    # file: src/orders/streams.py
    def start(spark, name):
        stream = spark.readStream.table(f"main.bronze.{name}")
        stream.writeStream.option("checkpointLocation", name).trigger(processingTime="5 minutes").toTable(name)

    def run_all(spark):
        start(spark, "orders")

Good::

    # file: databricks.yml
    bundle:
      name: orders
    resources:
      jobs:
        orders:
          tasks:
            - task_key: stream
              notebook_task:
                notebook_path: src/stream.py
    # file: src/stream.py
    # Databricks notebook source
    stream = spark.readStream.table("main.bronze.orders")
    stream.writeStream.option("checkpointLocation", a).trigger(availableNow=True).toTable("main.silver.orders")
    stream.writeStream.option("checkpointLocation", b).trigger(once=True).toTable("main.silver.copy")
    stream.writeStream.option("checkpointLocation", c).trigger(**trigger).toTable("main.silver.other")

Good: a branch for each kind of compute::

    # file: databricks.yml
    bundle:
      name: orders
    resources:
      jobs:
        orders:
          tasks:
            - task_key: stream
              notebook_task:
                notebook_path: src/stream.py
    # file: src/stream.py
    # Databricks notebook source
    stream = spark.readStream.table("main.bronze.orders")
    writer = stream.writeStream.option("checkpointLocation", path)
    if on_serverless:
        writer = writer.trigger(availableNow=True)
    else:
        writer = writer.trigger(processingTime="1 minute")
    writer.toTable("main.silver.orders")
    if continuous:
        stream.writeStream.trigger(processingTime="1 minute").toTable("main.silver.live")
    else:
        stream.writeStream.trigger(availableNow=True).toTable("main.silver.live")

Good: on a cluster::

    # file: databricks.yml
    bundle:
      name: orders
    resources:
      jobs:
        orders:
          job_clusters:
            - job_cluster_key: main
              new_cluster:
                spark_version: 17.3.x-scala2.13
                num_workers: 2
          tasks:
            - task_key: stream
              job_cluster_key: main
              spark_python_task:
                python_file: src/stream.py
    # file: src/stream.py
    stream = spark.readStream.table("main.bronze.orders")
    stream.writeStream.option("checkpointLocation", path).toTable("main.silver.orders")

Good: nothing says where it runs::

    # file: src/stream.py
    stream = spark.readStream.table("main.bronze.orders")
    stream.writeStream.option("checkpointLocation", path).toTable("main.silver.orders")
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from orchestrator.code.facts import Facts
from orchestrator.code.python import Call, PythonFile
from orchestrator.code.roles import role_of
from orchestrator.rules.rule import Hit, Rule, Severity
from orchestrator.rules.streaming_specialist._queries import builder_calls, queries, shown_target
from orchestrator.rules.streaming_specialist._tasks import bindings_of

if TYPE_CHECKING:
    from orchestrator.code.writes import Write

RULE = Rule(
    id="STR005",
    name="trigger-vs-compute",
    severity=Severity.HIGH,
    default=True,
    references=("https://docs.databricks.com/aws/en/compute/serverless/limitations",),
)
_ENDING = frozenset({"availableNow", "once"})


@RULE.on_python
def check(file: PythonFile, facts: Facts) -> Iterator[Hit]:
    """Each query of a serverless task that does not end by itself."""
    if "writeStream" not in file.source.text or not facts.project.bundles:
        return
    for write in queries(file, facts):
        trigger = _refused_trigger(file, write)
        if trigger is None:
            continue
        ran = next((each for each in bindings_of(file, facts, write) if each.compute.kind == "serverless"), None)
        if ran is None or ran.task is None or ran.job is None:
            continue
        serious = role_of(file.path).is_serious
        yield Hit(
            location=file.call_location(trigger),
            message=f"task `{ran.task.key}` of job `{ran.job.key}` runs {shown_target(file, write)} on serverless "
            f"compute, which refuses {_words(trigger)}; use `trigger(availableNow=True)`",
            severity=Severity.HIGH if serious else Severity.MEDIUM,
        )


def _refused_trigger(file: PythonFile, write: Write) -> Call | None:
    """The trigger call that serverless compute refuses, or the call that starts the query where there is none."""
    calls = builder_calls(file, write)
    if calls is None or write.open_ended or _is_chosen(file, write):
        return None
    triggers = [call for call in calls if call.name == "trigger"]
    if any(call.unpacks or _ENDING & {given.arg for given in call.node.keywords} for call in triggers):
        return None
    return triggers[0] if triggers else write.call


def _is_chosen(file: PythonFile, write: Write) -> bool:
    """Whether a condition around the query asks for the compute, or its other arm ends by itself."""
    around = (parent for parent in file.ancestors(write.call.node) if isinstance(parent, ast.If))
    texts = (file.text(parent) for parent in around)
    return any("availableNow" in text or "serverless" in text.lower() for text in texts)


def _words(trigger: Call) -> str:
    names = [given.arg for given in trigger.node.keywords if given.arg]
    return f"the trigger `{names[0]}`" if trigger.name == "trigger" and names else "the default trigger"
