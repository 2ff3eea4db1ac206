"""A task that writes a table runs also when the tasks before it have failed.

What: `run_if: ALL_DONE`, `AT_LEAST_ONE_SUCCESS` or `AT_LEAST_ONE_FAILED` on a task whose file overwrites or
merges into a table.

Why: after a failed load the task takes yesterday's rows, or half of today's, and publishes them as new; the run is
called successful when its last tasks succeed.

Silent when: the task's name or file says that it cleans up, tells somebody or records the run; the table's name says
that it holds logs, audits, metrics or the state of runs; the task waits for nothing; the task appends only; the bundle
is a demo or a test.

Opt-in: a report of several sources may rightly be made of those that came.

Source: Databricks documentation, run tasks conditionally in a job.

Bad::

    # file: databricks.yml
    bundle:
      name: orders
    resources:
      jobs:
        nightly:
          tasks:
            - task_key: load
              spark_python_task: {python_file: ./load.py}
            - task_key: publish
              depends_on: [{task_key: load}]
              run_if: ALL_DONE
              spark_python_task: {python_file: ./publish.py}
    # file: load.py
    spark.read.table("main.bronze.orders").write.mode("overwrite").saveAsTable("main.silver.orders")
    # file: publish.py
    orders = spark.read.table("main.silver.orders")
    orders.groupBy("day").sum("amount").write.mode("overwrite").saveAsTable("main.gold.revenue")

Good: only after success, and a task that tidies up::

    # file: databricks.yml
    bundle:
      name: orders
    resources:
      jobs:
        nightly:
          tasks:
            - task_key: load
              spark_python_task: {python_file: ./load.py}
            - task_key: publish
              depends_on: [{task_key: load}]
              spark_python_task: {python_file: ./publish.py}
            - task_key: cleanup
              depends_on: [{task_key: publish}]
              run_if: ALL_DONE
              spark_python_task: {python_file: ./tidy.py}
            - task_key: record
              depends_on: [{task_key: publish}]
              run_if: ALL_DONE
              spark_python_task: {python_file: ./record.py}
    # file: load.py
    spark.read.table("main.bronze.orders").write.mode("overwrite").saveAsTable("main.silver.orders")
    # file: publish.py
    spark.read.table("main.silver.orders").write.mode("overwrite").saveAsTable("main.gold.orders")
    # file: tidy.py
    spark.read.table("main.silver.orders").limit(0).write.mode("overwrite").saveAsTable("main.silver.staging")
    # file: record.py
    runs.write.mode("overwrite").saveAsTable("main.ops.run_log")

Good: it appends::

    # file: databricks.yml
    bundle:
      name: orders
    resources:
      jobs:
        nightly:
          tasks:
            - task_key: load
              spark_python_task: {python_file: ./load.py}
            - task_key: late
              depends_on: [{task_key: load}]
              run_if: ALL_DONE
              spark_python_task: {python_file: ./late.py}
    # file: load.py
    spark.read.table("main.bronze.orders").write.mode("overwrite").saveAsTable("main.silver.orders")
    # file: late.py
    rows.write.mode("append").saveAsTable("main.silver.late_orders")
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from orchestrator.code.roles import role_of
from orchestrator.code.tables import Use
from orchestrator.rules.rule import Hit, Rule, Severity

if TYPE_CHECKING:
    from orchestrator.code.bundle import Task
    from orchestrator.code.facts import Facts
    from orchestrator.types import Location

RULE = Rule(
    id="WFL005",
    name="publish-after-failure",
    severity=Severity.MEDIUM,
    default=False,
    references=("https://docs.databricks.com/aws/en/jobs/conditional-tasks",),
)
_AFTER_FAILURE = frozenset({"ALL_DONE", "AT_LEAST_ONE_SUCCESS", "AT_LEAST_ONE_FAILED"})
_WRITES = frozenset({Use.OVERWRITE, Use.MERGE})
_ASIDE = re.compile(
    r"clean|tidy|drop|tear|vacuum|notif|alert|mail|slack|log|audit|metric|monitor|record|status|state|history|report_run",
    re.IGNORECASE,
)


@RULE.on_project
def check(facts: Facts) -> Iterator[Hit]:
    """Each such task, once for all targets."""
    seen: set[Location] = set()
    bundles = [bundle for bundle in facts.project.bundles if role_of(bundle.path).is_serious]
    for target in (target for bundle in bundles for target in bundle.targets):
        for task in (task for job in target.jobs for task in job.tasks):
            place = task.key_location("run_if")
            table = _published(facts, task) if place not in seen else None
            if table is not None:
                seen.add(place)
                yield Hit(
                    location=place,
                    message=f"`{task.key}` writes `{table}` also when what it waits for has failed "
                    f"(`run_if: {task.run_if}`): it publishes rows of an earlier run as new; leave the default",
                    symbol=task.key,
                )


def _published(facts: Facts, task: Task) -> str | None:
    """The table that the task publishes after a failure."""
    path = task.path
    is_aside = _ASIDE.search(f"{task.key} {path}") is not None
    if task.run_if not in _AFTER_FAILURE or path is None or not task.depends_on or is_aside:
        return None
    found = (use.name for use in facts.tables.uses if use.location.path == path and use.use in _WRITES)
    return next((name for name in found if not _ASIDE.search(name)), None)
