"""A monitor is created without a schedule and nothing in the project refreshes it, so it shows the first day for ever.

What: `quality_monitors.create(...)` without `schedule` or with None for it, and a `quality_monitors` resource of a
bundle without one, in a project that never calls `run_refresh`.

Why: a monitor computes its metrics when it is made and then on its schedule. Without one, the tables of profile and
drift keep the values of the first run: the dashboard stays green while the data moves, and an alert on the drift table
can never fire.

Silent when: a schedule is given or may be (unpacked arguments), anything in the project calls `run_refresh` or
`runRefresh`, or the file is a test.

Source: databricks-sdk 0.156, `QualityMonitorsAPI.create`; Databricks documentation, data profiling.

Bad::

    from databricks.sdk import WorkspaceClient
    from databricks.sdk.service.catalog import MonitorSnapshot

    WorkspaceClient().quality_monitors.create(
        table_name="main.churn.predictions",
        assets_dir="/Workspace/Shared/monitors",
        output_schema_name="main.monitoring",
        snapshot=MonitorSnapshot(),
    )

Bad: a schedule of nothing::

    from databricks.sdk import WorkspaceClient

    WorkspaceClient().quality_monitors.create(table_name="main.churn.predictions", assets_dir=folder, schedule=None)

Bad: in a bundle::

    # file: databricks.yml
    bundle:
      name: churn
    resources:
      quality_monitors:
        predictions:
          table_name: main.churn.predictions
          output_schema_name: main.monitoring
          assets_dir: /Workspace/Shared/monitors
          snapshot: {}

Good: a schedule::

    from databricks.sdk import WorkspaceClient
    from databricks.sdk.service.catalog import MonitorCronSchedule, MonitorSnapshot

    WorkspaceClient().quality_monitors.create(
        table_name="main.churn.predictions",
        assets_dir="/Workspace/Shared/monitors",
        output_schema_name="main.monitoring",
        snapshot=MonitorSnapshot(),
        schedule=MonitorCronSchedule(quartz_cron_expression="0 0 6 * * ?", timezone_id="UTC"),
    )

Good: another file refreshes it::

    # file: src/monitor.py
    from databricks.sdk import WorkspaceClient

    WorkspaceClient().quality_monitors.create(table_name="main.churn.predictions", assets_dir=folder)
    # file: src/score.py
    from databricks.sdk import WorkspaceClient

    WorkspaceClient().quality_monitors.run_refresh(table_name="main.churn.predictions")

Good: settings that are not seen here::

    from databricks.sdk import WorkspaceClient

    WorkspaceClient().quality_monitors.create(**settings)

Good: in a bundle::

    # file: databricks.yml
    bundle:
      name: churn
    resources:
      quality_monitors:
        predictions:
          table_name: main.churn.predictions
          output_schema_name: main.monitoring
          assets_dir: /Workspace/Shared/monitors
          snapshot: {}
          schedule:
            quartz_cron_expression: 0 0 6 * * ?
            timezone_id: UTC

Good: a test::

    # file: tests/test_monitor.py
    from databricks.sdk import WorkspaceClient

    WorkspaceClient().quality_monitors.create(table_name="main.churn.predictions", assets_dir=folder)
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from orchestrator.code.roles import Role
from orchestrator.rules.model_monitoring_expert._monitors import SERVICE, monitor_calls
from orchestrator.rules.rule import Hit, Rule, Severity

if TYPE_CHECKING:
    from orchestrator.code.bundle import Bundle
    from orchestrator.code.facts import Facts
    from orchestrator.code.python import PythonFile

RULE = Rule(
    id="MON003",
    name="monitor-never-refreshed",
    severity=Severity.MEDIUM,
    default=False,
    references=("https://docs.databricks.com/aws/en/data-quality-monitoring/data-profiling/",),
)
_REFRESHES = ("run_refresh", "runRefresh", "run-refresh", "create_refresh")


@RULE.on_python
def check_python(file: PythonFile, facts: Facts) -> Iterator[Hit]:
    """Every monitor that is made without a schedule."""
    if facts.role(file.path) is Role.TEST:
        return
    for call in monitor_calls(file, "create"):
        if call.unpacks or _is_given(call.argument(-1, "schedule")) or _is_refreshed(facts):
            continue
        yield Hit(
            location=file.call_location(call),
            message=_message("this monitor"),
            severity=RULE.severity.lowered(0 if facts.role(file.path).is_serious else 1),
        )


@RULE.on_bundle
def check_bundle(bundle: Bundle, facts: Facts) -> Iterator[Hit]:
    """Every monitor of the bundle without a schedule."""
    seen = set()
    for target in bundle.targets:
        for resource in target.resources(SERVICE):
            if resource.node.get("schedule") is not None or resource.location in seen or _is_refreshed(facts):
                continue
            seen.add(resource.location)
            yield Hit(location=resource.location, message=_message(f"`{resource.key}`"), symbol=resource.key)


def _is_given(schedule: ast.expr | None) -> bool:
    """Whether there is a schedule, or may be one."""
    return schedule is not None and not (isinstance(schedule, ast.Constant) and schedule.value is None)


def _is_refreshed(facts: Facts) -> bool:
    return any(word in source.text for source in facts.project.sources for word in _REFRESHES)


def _message(what: str) -> str:
    return f"{what} has no `schedule` and nothing here refreshes it, so its metrics stay those of the first day"
