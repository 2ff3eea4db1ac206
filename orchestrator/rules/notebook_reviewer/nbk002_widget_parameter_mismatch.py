"""A task and its notebook do not agree on the names of parameters.

What: a notebook task that passes a parameter which the notebook never reads, or a notebook that reads a widget which it
does not create and which no task passes.

Why: a widget that nobody sets keeps its default, so the job runs and does its work for the wrong day, catalog or table,
and stays green. A widget that nobody creates ends the run with an error.

Silent when: the notebook reads all parameters at once or by computed names, or hands `dbutils` to code that is not in
the project; it runs a notebook that is not in the project; the name stands anywhere in the notebook, in one that it
runs, or in a module that it imports; a widget has a default and no parameter is left over; the parameter belongs to the
job, which passes it to every task; the read is inside of a `try`; or no task is bound to the notebook.

Source: Databricks documentation, widgets and task parameters.

Bad::

    # file: databricks.yml
    bundle:
      name: orders
    resources:
      jobs:
        nightly:
          tasks:
            - task_key: publish
              notebook_task:
                notebook_path: notebooks/publish.py
                base_parameters:
                  run_date: "{{job.start_time.iso_date}}"
    # file: notebooks/publish.py
    # Databricks notebook source
    dbutils.widgets.text("process_date", "")
    day = dbutils.widgets.get("process_date")
    spark.sql("DELETE FROM main.gold.orders WHERE day = :day", args={"day": day})

Bad: nobody creates or passes the widget::

    # file: databricks.yml
    bundle:
      name: orders
    resources:
      jobs:
        nightly:
          tasks:
            - task_key: publish
              notebook_task:
                notebook_path: notebooks/publish.py
    # file: notebooks/publish.py
    # Databricks notebook source
    day = dbutils.widgets.get("run_date")

Bad: a parameter without any use, for two targets::

    # file: databricks.yml
    bundle:
      name: orders
    resources:
      jobs:
        nightly:
          tasks:
            - task_key: publish
              notebook_task:
                notebook_path: notebooks/publish.py
                base_parameters:
                  region: EU
    targets:
      dev:
        mode: development
      prod:
        mode: production
    # file: notebooks/publish.py
    # Databricks notebook source
    spark.sql("OPTIMIZE main.gold.orders")

Good::

    # file: databricks.yml
    bundle:
      name: orders
    resources:
      jobs:
        nightly:
          parameters:
            - name: run_id
              default: "0"
          tasks:
            - task_key: publish
              notebook_task:
                notebook_path: notebooks/publish.py
                base_parameters:
                  run_date: "{{job.start_time.iso_date}}"
                  catalog: main
                  region: EU
    # file: notebooks/publish.py
    # Databricks notebook source
    # MAGIC %run ./_settings

    # COMMAND ----------

    dbutils.widgets.text("run_date", "")
    dbutils.widgets.text("limit", "100")
    day = dbutils.widgets.get("run_date")
    limit = int(dbutils.widgets.get("limit"))
    plot.text("day", {"limit": limit}.get("limit"))

    # COMMAND ----------

    # MAGIC %sql
    # MAGIC SELECT * FROM main.gold.orders WHERE region = :region
    # file: notebooks/_settings.py
    # Databricks notebook source
    catalog = dbutils.widgets.get("catalog")

Good: all at once::

    # file: databricks.yml
    bundle:
      name: orders
    resources:
      jobs:
        nightly:
          tasks:
            - task_key: publish
              notebook_task:
                notebook_path: notebooks/publish.py
                base_parameters:
                  run_date: today
    # file: notebooks/publish.py
    # Databricks notebook source
    settings = dbutils.widgets.getAll()

Good: a module reads it::

    # file: databricks.yml
    bundle:
      name: orders
    resources:
      jobs:
        nightly:
          tasks:
            - task_key: publish
              notebook_task:
                notebook_path: notebooks/publish.py
                base_parameters:
                  run_date: today
    # file: notebooks/publish.py
    # Databricks notebook source
    # MAGIC %run ./_first

    # COMMAND ----------

    from settings import run_date
    # file: notebooks/_first.py
    # Databricks notebook source
    # MAGIC %run ./publish
    # file: notebooks/settings.py
    run_date = dbutils.widgets.get("run_date")

Good: a notebook of elsewhere may read it::

    # file: databricks.yml
    bundle:
      name: orders
    resources:
      jobs:
        nightly:
          tasks:
            - task_key: publish
              notebook_task:
                notebook_path: notebooks/publish.py
                base_parameters:
                  run_date: today
    # file: notebooks/publish.py
    # Databricks notebook source
    # MAGIC %run /Shared/settings

Good: the reader provides for a missing widget::

    # file: databricks.yml
    bundle:
      name: orders
    resources:
      jobs:
        nightly:
          tasks:
            - task_key: publish
              notebook_task:
                notebook_path: notebooks/publish.py
    # file: notebooks/publish.py
    # Databricks notebook source
    try:
        day = dbutils.widgets.get("run_date")
    except Exception:
        day = None
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from orchestrator.rules.notebook_reviewer._widgets import Widgets, is_caught, widgets_of
from orchestrator.rules.rule import Hit, Rule, Severity

if TYPE_CHECKING:
    from orchestrator.code.bundle import Binding, Parameter, Task
    from orchestrator.code.facts import Facts

RULE = Rule(
    id="NBK002",
    name="widget-parameter-mismatch",
    severity=Severity.HIGH,
    default=True,
    references=(
        "https://docs.databricks.com/aws/en/notebooks/widgets",
        "https://docs.databricks.com/aws/en/jobs/parameters",
    ),
)


@RULE.on_project
def check(facts: Facts) -> Iterator[Hit]:
    """Each notebook that a task runs, against every task that runs it."""
    for notebook in facts.project.notebooks if facts.project.bundles else ():
        path = notebook.source.path
        bindings = [each for each in facts.bindings(path) if each.task is not None and each.task.kind == "notebook"]
        widgets = widgets_of(facts, notebook) if bindings else None
        if widgets is None:
            continue
        hits = [hit for each in bindings for hit in (*_unread(each, widgets, path), *_undefined(each, widgets))]
        yield from {(hit.location, hit.symbol): hit for hit in reversed(hits)}.values()


def _unread(binding: Binding, widgets: Widgets, path: str) -> Iterator[Hit]:
    """Parameters of the task that the notebook does not read."""
    task = binding.task
    for parameter in task.parameters if task is not None else ():
        if parameter.name and task is not None and not widgets.mentions(parameter.name):
            yield _mismatch(task, parameter, _unset(binding, widgets), path)


def _unset(binding: Binding, widgets: Widgets) -> list[str]:
    passed = {parameter.name for parameter in binding.parameters}
    return [name for name in widgets.read if name not in passed]


def _mismatch(task: Task, parameter: Parameter, unset: list[str], path: str) -> Hit:
    start = f"task `{task.key}` passes `{parameter.name}`, which `{path}` never reads"
    if not unset:
        return Hit(
            location=parameter.location,
            message=f"{start}; remove the parameter, or read it with `dbutils.widgets.get`",
            severity=Severity.LOW,
            symbol=task.key,
        )
    names = ", ".join(f"`{name}`" for name in unset[:3])
    return Hit(
        location=parameter.location,
        message=f"{start}: it reads {names}, which no parameter sets, so the default is used in every run; make the "
        "names agree",
        symbol=task.key,
    )


def _undefined(binding: Binding, widgets: Widgets) -> Iterator[Hit]:
    """Reads of widgets that are neither created nor passed."""
    missing = set(_unset(binding, widgets)) - widgets.defined
    for file, call, name in widgets.gets:
        if name in missing and binding.task is not None and not is_caught(file, call.node):
            yield Hit(
                location=file.call_location(call),
                message=f"nothing creates the widget `{name}`, and task `{binding.task.key}` does not pass it, so the "
                "run ends here; create it with a default, or pass it in `base_parameters`",
            )
