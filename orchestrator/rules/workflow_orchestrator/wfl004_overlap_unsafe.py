"""A job that starts by itself may run twice at once, and two runs of it cannot share what they write.

What: a job with a schedule or a trigger and `max_concurrent_runs` above 1, with a task whose file replaces all of a
table, merges into one or changes its rows, or starts a streaming query on a fixed checkpoint.

Why: on the night when a run takes longer than its period the next one starts beside it. One of the two fails with a
concurrent-modification error or undoes the other's table, and a query that finds its checkpoint in use by another run
stops or corrupts its progress. It happens when the data is largest. (A merge is weighed lower: where the runs touch
different rows, both may pass.)

Silent when: one run at a time is allowed (the default); the job has no schedule and no trigger, so that a person
decides; runs only append, or replace a slice; job parameters or a value of the run (`{{job.trigger...}}`) tell the runs
apart, unless every run replaces all of one table.

Source: Databricks documentation, maximum concurrent runs of a job; isolation levels and write conflicts.

Bad::

    # file: databricks.yml
    bundle:
      name: customers
    resources:
      jobs:
        hourly:
          max_concurrent_runs: 3
          schedule:
            quartz_cron_expression: 0 0 * * * ?
            timezone_id: UTC
          tasks:
            - task_key: merge
              sql_task:
                warehouse_id: abc
                file:
                  path: sql/merge.sql
    # file: sql/merge.sql
    MERGE INTO gold.customers t USING silver.profiles s ON t.id = s.id WHEN MATCHED THEN UPDATE SET *;

Bad: the whole table, whatever the day::

    # file: databricks.yml
    bundle:
      name: customers
    resources:
      jobs:
        arrival:
          max_concurrent_runs: 2
          trigger:
            file_arrival:
              url: /Volumes/main/landing/files/
          parameters:
            - name: day
              default: "{{job.trigger.time.iso_date}}"
          tasks:
            - task_key: rebuild
              notebook_task:
                notebook_path: src/rebuild.py
    # file: src/rebuild.py
    # Databricks notebook source
    df.write.mode("overwrite").saveAsTable("main.gold.customers")

Bad: one checkpoint::

    # file: databricks.yml
    bundle:
      name: customers
    resources:
      jobs:
        arrival:
          max_concurrent_runs: 2
          trigger:
            file_arrival:
              url: /Volumes/main/landing/files/
          tasks:
            - task_key: ingest
              notebook_task:
                notebook_path: src/ingest.py
    # file: src/ingest.py
    # Databricks notebook source
    stream = spark.readStream.table("main.bronze.orders")
    (stream.writeStream.option("checkpointLocation", "/Volumes/main/ops/cp/orders").trigger(availableNow=True)
        .toTable("main.silver.orders"))

Good: one at a time::

    # file: databricks.yml
    bundle:
      name: customers
    resources:
      jobs:
        hourly:
          max_concurrent_runs: 1
          queue:
            enabled: true
          schedule:
            quartz_cron_expression: 0 0 * * * ?
            timezone_id: UTC
          tasks:
            - task_key: merge
              sql_task:
                file:
                  path: sql/merge.sql
    # file: sql/merge.sql
    MERGE INTO gold.customers t USING silver.profiles s ON t.id = s.id WHEN MATCHED THEN UPDATE SET *;

Good: a person starts it::

    # file: databricks.yml
    bundle:
      name: customers
    resources:
      jobs:
        backfill:
          max_concurrent_runs: 10
          tasks:
            - task_key: merge
              sql_task:
                file:
                  path: sql/merge.sql
    # file: sql/merge.sql
    MERGE INTO gold.customers t USING silver.profiles s ON t.id = s.id WHEN MATCHED THEN UPDATE SET *;

Good: appends and slices::

    # file: databricks.yml
    bundle:
      name: customers
    resources:
      jobs:
        hourly:
          max_concurrent_runs: 3
          schedule:
            quartz_cron_expression: 0 0 * * * ?
            timezone_id: UTC
          tasks:
            - task_key: load
              notebook_task:
                notebook_path: src/load.py
    # file: src/load.py
    # Databricks notebook source
    df.write.mode("append").saveAsTable("main.bronze.orders")
    df.write.mode("overwrite").option("replaceWhere", f"day = '{day}'").saveAsTable("main.silver.orders")

Good: every run has its own day and its own region::

    # file: databricks.yml
    bundle:
      name: customers
    resources:
      jobs:
        hourly:
          max_concurrent_runs: 3
          schedule:
            quartz_cron_expression: 0 0 * * * ?
            timezone_id: UTC
          parameters:
            - name: region
              default: eu
          tasks:
            - task_key: merge
              sql_task:
                file:
                  path: sql/merge.sql
            - task_key: rebuild
              notebook_task:
                notebook_path: src/rebuild.py
    # file: sql/merge.sql
    MERGE INTO gold.customers t USING silver.profiles s ON t.id = s.id AND t.region = :region
    WHEN MATCHED THEN UPDATE SET *;
    # file: src/rebuild.py
    # Databricks notebook source
    df.write.mode("overwrite").saveAsTable(f"{region}.gold.customers")
    stream.writeStream.option("checkpointLocation", f"/Volumes/main/ops/{region}").toTable(f"{region}.gold.events")
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from orchestrator.code.facts import Facts
from orchestrator.code.roles import role_of
from orchestrator.rules.rule import Hit, Rule, Severity
from orchestrator.rules.workflow_orchestrator._collisions import collide
from orchestrator.rules.workflow_orchestrator._writers import Writer, writers_by_path

if TYPE_CHECKING:
    from orchestrator.code.bundle import Bundle, Job, Task

RULE = Rule(
    id="WFL004",
    name="overlap-unsafe",
    severity=Severity.HIGH,
    default=False,
    references=("https://docs.databricks.com/aws/en/jobs/advanced",),
)
_RUN_VALUES = ("{{job.trigger", "{{job.start_time", "{{job.run_id", "{{job.parameters", "{{start_", "{{run_id")


@RULE.on_bundle
def check(bundle: Bundle, facts: Facts) -> Iterator[Hit]:
    """Each job that may overlap with itself and must not, once for all targets."""
    jobs = [job for target in bundle.targets for job in target.jobs if _overlaps(job)]
    if not jobs:
        return
    writers = writers_by_path(facts)
    serious = role_of(bundle.path).is_serious
    seen: set[str] = set()
    for job in jobs:
        fault = _fault(job, facts, writers)
        if fault is None or job.key in seen:
            continue
        seen.add(job.key)
        severity, reason = fault
        yield Hit(
            location=job.node.key_location("max_concurrent_runs"),
            message=f"up to {job.max_concurrent_runs} runs of `{job.key}` may overlap, and {reason}; allow one run "
            "and let the next wait in the queue",
            severity=severity if serious else severity.lowered(),
            symbol=job.key,
        )


def _overlaps(job: Job) -> bool:
    starts_itself = job.schedule is not None or job.trigger is not None
    return starts_itself and job.max_concurrent_runs is not None and job.max_concurrent_runs > 1


def _fault(job: Job, facts: Facts, writers: Mapping[str, tuple[Writer, ...]]) -> tuple[Severity, str] | None:
    for task in job.all_tasks:
        told_apart = _is_told_apart(job, task)
        checkpoint = _fixed_checkpoint(facts, task.path or "", told_apart=told_apart)
        if checkpoint is not None:
            return Severity.HIGH, f"its task `{task.key}` runs a streaming query on the one checkpoint `{checkpoint}`"
        for writer in writers.get(task.path or "", ()):
            if collide(writer, writer) and _is_one_table(writer, told_apart=told_apart):
                text = f"its task `{task.key}` writes `{writer.name}` ({writer}), where two runs collide"
                return (Severity.HIGH if writer.replaces_all else Severity.MEDIUM), text
    return None


def _is_told_apart(job: Job, task: Task) -> bool:
    """Whether parameters may give every run other work."""
    values = [parameter.value or "" for parameter in task.parameters]
    return bool(job.parameters) or any(text in value for value in values for text in _RUN_VALUES)


def _is_one_table(writer: Writer, *, told_apart: bool) -> bool:
    """Whether two runs write the same rows; runs that differ do so only where each replaces a table of a full name."""
    return not told_apart or (writer.replaces_all and writer.is_complete)


def _fixed_checkpoint(facts: Facts, path: str, *, told_apart: bool) -> str | None:
    file = facts.project.python_by_path.get(path)
    if file is None or "writeStream" not in file.source.text:
        return None
    for write in facts.writes(file):
        place = file.pattern(write.option("checkpointLocation")) if write.streaming else None
        if place and not (told_apart and "{" in place):
            return place
    return None
