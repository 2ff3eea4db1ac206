"""A job that appends without a key writes the same rows again when it is retried or repaired.

What: a batch append (`mode("append")`, `insertInto`, `writeTo(...).append()`, `INSERT INTO ... SELECT`) in a file that
a job runs, with nothing that makes a second run harmless.

Why: serverless tasks are retried without being asked, classic ones by `max_retries`, and a person repairs a run. Where
the task fails after the append, or is run twice for a day, the table holds the day twice, and sums are wrong.

Silent when: no job runs the file; rows of the target are deleted or replaced first; the code reads the target (to find
what is new, or to leave out what is there); the write carries `txnAppId`; it is a stream or its micro-batch, or literal
rows; the target is a log, an audit or a metrics table, or has a row for each run (`runs`, `job_runs`, `run_history`);
the file is a test.

Source: Databricks documentation on jobs (retries, serverless auto-optimisation, repair runs) and on Delta idempotent
writes.

Bad::

    # file: databricks.yml
    bundle:
      name: shop
    resources:
      jobs:
        nightly:
          schedule:
            quartz_cron_expression: 0 0 3 * * ?
            timezone_id: UTC
          tasks:
            - task_key: snapshot
              spark_python_task:
                python_file: src/snapshot.py
              environment_key: default
          environments:
            - environment_key: default
              spec:
                environment_version: "4"
    # file: src/snapshot.py
    today = spark.table("main.silver.orders").filter(F.col("day") == F.current_date())
    today.write.mode("append").saveAsTable("main.gold.order_history")

Bad::

    # file: databricks.yml
    bundle:
      name: shop
    resources:
      jobs:
        nightly:
          schedule:
            quartz_cron_expression: 0 0 3 * * ?
            timezone_id: UTC
          tasks:
            - task_key: load
              max_retries: 2
              notebook_task:
                notebook_path: src/load.sql
    # file: src/load.sql
    -- Databricks notebook source
    INSERT INTO main.silver.orders SELECT * FROM main.bronze.orders WHERE day = :run_date

Bad: the table is read only later::

    # file: databricks.yml
    bundle:
      name: shop
    resources:
      jobs:
        nightly:
          trigger:
            file_arrival:
              url: /Volumes/main/landing/orders
          tasks:
            - task_key: load
              notebook_task:
                notebook_path: src/load.py
    # file: src/load.py
    # Databricks notebook source
    spark.read.schema(ORDERS).json("/Volumes/main/landing/orders").write.mode("append").saveAsTable("main.silver.orders")

    # COMMAND ----------
    spark.table("main.silver.orders").groupBy("day").count().write.mode("overwrite").saveAsTable("main.gold.per_day")

Bad: runs that are data::

    # file: databricks.yml
    bundle:
      name: plant
    resources:
      jobs:
        nightly:
          tasks:
            - task_key: load
              spark_python_task: {python_file: src/load.py}
    # file: src/load.py
    spark.table("main.bronze.batches").write.mode("append").saveAsTable("main.silver.production_runs")

Good: a row for each run::

    # file: databricks.yml
    bundle:
      name: shop
    resources:
      jobs:
        nightly:
          tasks:
            - task_key: load
              notebook_task: {notebook_path: src/load.py}
    # file: src/load.py
    # Databricks notebook source
    spark.sql(f"INSERT INTO {catalog}.invoicing.runs SELECT '{month}', COUNT(*) FROM {catalog}.invoicing.lines")
    spark.table("main.ops.today").write.mode("append").saveAsTable("main.ops.job_runs")
    spark.table("main.ops.today").write.mode("append").saveAsTable("main.ops.run_history")

Good: no job runs it::

    # file: src/backfill.py
    spark.table("main.old.orders").write.mode("append").saveAsTable("main.silver.orders")

Good: a retry replaces what it wrote, leaves out what is there, or is recognised::

    # file: databricks.yml
    bundle:
      name: shop
    resources:
      jobs:
        nightly:
          schedule:
            quartz_cron_expression: 0 0 3 * * ?
            timezone_id: UTC
          tasks:
            - task_key: replaced
              spark_python_task: {python_file: src/replaced.py}
            - task_key: missing
              spark_python_task: {python_file: src/missing.py}
            - task_key: marked
              spark_python_task: {python_file: src/marked.py}
            - task_key: logged
              spark_python_task: {python_file: src/logged.py}
            - task_key: batches
              spark_python_task: {python_file: src/batches.py}
            - task_key: insert
              notebook_task: {notebook_path: src/insert.sql}
    # file: src/replaced.py
    spark.sql(f"DELETE FROM main.gold.daily WHERE day = '{day}'")
    spark.table("main.silver.orders").write.mode("append").saveAsTable("main.gold.daily")
    # file: src/missing.py
    known = spark.table("main.silver.customers").select("id")
    new = spark.table("main.bronze.customers").join(known, "id", "left_anti")
    new.write.mode("append").saveAsTable("main.silver.customers")
    # file: src/marked.py
    rows = spark.table("main.bronze.orders")
    rows.write.mode("append").option("txnAppId", "orders").option("txnVersion", day).saveAsTable("main.silver.orders")
    # file: src/logged.py
    spark.table("main.bronze.runs").write.mode("append").saveAsTable("main.ops.run_log")
    spark.createDataFrame([(1, "ok")], "id INT, text STRING").write.mode("append").saveAsTable("main.ops.results")
    # file: src/batches.py
    def handle(batch, batch_id):
        batch.write.mode("append").saveAsTable("main.silver.events")
    # file: src/insert.sql
    -- Databricks notebook source
    INSERT INTO main.silver.stores VALUES (1, 'Berlin');
    INSERT INTO main.silver.items SELECT * FROM main.bronze.items b
    WHERE NOT EXISTS (SELECT 1 FROM main.silver.items i WHERE i.id = b.id)
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from orchestrator.code.bound import Bound
from orchestrator.code.roles import Role
from orchestrator.code.tables import Use, normalised
from orchestrator.rules.pipeline_architect._sideline import is_run_log, is_sideline
from orchestrator.rules.rule import Hit, Rule, Severity

if TYPE_CHECKING:
    from orchestrator.code.bundle import Binding
    from orchestrator.code.facts import Facts
    from orchestrator.code.frames import Frame
    from orchestrator.code.python import PythonFile
    from orchestrator.code.sql import SqlUnit, Statement
    from orchestrator.code.writes import Write
    from orchestrator.types import Location

RULE = Rule(
    id="PIP005",
    name="non-idempotent-append",
    severity=Severity.HIGH,
    default=False,
    references=("https://docs.databricks.com/aws/en/delta/delta-streaming",),
)
_SETTLING = frozenset({Use.READ, Use.STREAM, Use.OVERWRITE, Use.MERGE, Use.CHANGE})
"""What a file does with its target that makes a second append harmless, or may."""
_GUARDED = re.compile(r"not\s+exists|\banti\b|not\s+in\s*\(|\bexcept\b|\bminus\b", re.IGNORECASE)
_BATCH = re.compile(r"batch|epoch", re.IGNORECASE)
_EMPTYING = frozenset({"DROP TABLE", "CREATE TABLE", "TRUNCATE", "CLONE", "RESTORE"})


@RULE.on_python
def check_python(file: PythonFile, facts: Facts) -> Iterator[Hit]:
    """Every unguarded append of a file that a job runs."""
    binding = _binding(file.path, facts)
    if binding is None or facts.role(file.path) is Role.TEST or facts.is_pipeline_source(file.path):
        return
    for write in facts.writes(file):
        if write.mode != "append" or write.streaming or write.option("txnAppId") is not None or write.open_ended:
            continue
        name = file.pattern(write.target)
        if name is None or not _is_kept(write, file) or _is_harmless(file, facts, write):
            continue
        place = file.call_location(write.call)
        if not _is_settled(facts, place, name):
            yield _hit(binding, place, name, facts)


@RULE.on_sql
def check_sql(unit: SqlUnit, facts: Facts) -> Iterator[Hit]:
    """Every unguarded INSERT INTO ... SELECT of a file that a job runs."""
    if "insert" not in unit.template.text.lower():
        return
    binding = _binding(unit.path, facts)
    if binding is None or facts.role(unit.path) is Role.TEST or facts.is_pipeline_source(unit.path):
        return
    from orchestrator.code.sql import Insert

    for statement in unit.statements:
        details = statement.details if statement.kind == "INSERT" else None
        if not isinstance(details, Insert) or details.target is None or details.is_values or details.is_selective:
            continue
        name = unit.template.source_of(details.target.start, details.target.end)
        if not any(len(read.parts) > 1 for read in statement.reads) or _GUARDED.search(statement.text):
            continue
        place = unit.location(statement.start, details.target.end)
        if not _is_settled(facts, place, name, statement.location().end_line):
            yield _hit(binding, place, name, facts)


def _binding(path: str, facts: Facts) -> Binding | None:
    """The task that runs the file: a scheduled one if there is one."""
    tasks = [binding for binding in facts.bindings(path) if binding.task is not None]
    return next((binding for binding in tasks if binding.scheduled), tasks[0] if tasks else None)


def _is_kept(write: Write, file: PythonFile) -> bool:
    """Whether the target is a table, or files of a table's format."""
    if write.to_table or write.verb == "delta":
        return True
    step = write.step("format")
    return write.verb == "save" and step is not None and file.string(step.argument(0, "source")) == "delta"


def _is_harmless(file: PythonFile, facts: Facts, write: Write) -> bool:
    """Whether a repeated append is literal rows, a micro-batch or a difference."""
    frame = write.frame
    if frame.streaming or facts.bound(file, write.frame_node) is Bound.BOUNDED:
        return True
    if frame.has("subtract", "exceptAll") or _is_anti(file, frame):
        return True
    function = file.function(write.call.node)
    names = [argument.arg for argument in function.args.args] if function is not None else []
    return any(_BATCH.search(name) for name in names)


def _is_anti(file: PythonFile, frame: Frame) -> bool:
    return any("anti" in file.text(call.node)[-60:] for call in frame.operations if call.name == "join")


def _is_settled(facts: Facts, place: Location, name: str, last_line: int = 0) -> bool:
    """Whether the target is a log, or the same file reads, empties or replaces it first or in the statement itself."""
    if is_sideline(name) or is_run_log(name):
        return True
    file = facts.project.python_by_path.get(place.path)
    in_order = file is None or file.notebook is not None
    last = max(last_line, place.start_line)
    return any(
        use.use in _SETTLING or (use.statement is not None and _empties(use.statement))
        for use in facts.tables.of(normalised(name))
        if use.location.path == place.path and (not in_order or use.location.start_line <= last)
    )


def _empties(statement: Statement) -> bool:
    """Whether the table is empty or new after the statement."""
    return statement.kind in _EMPTYING and "IF NOT EXISTS" not in statement.text.upper()


def _hit(binding: Binding, location: Location, name: str, facts: Facts) -> Hit:
    task = binding.task.key if binding.task is not None else ""
    serious = binding.scheduled and facts.role(location.path).is_serious
    again = "a retry, which serverless makes by itself," if binding.compute.serverless else "a retry or a repaired run"
    return Hit(
        location=location,
        message=f"{again} of task `{task}` appends the same rows to `{name}` once more; replace "
        "them (REPLACE WHERE), merge on a key, or set `txnAppId` and `txnVersion`",
        severity=RULE.severity if serious else RULE.severity.lowered(),
    )
