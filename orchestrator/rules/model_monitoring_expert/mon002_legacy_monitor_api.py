"""The code uses an interface of quality monitors that is deprecated in favour of data quality monitors.

What: calls of `quality_monitors` of the workspace client, and imports of `databricks.lakehouse_monitoring`; one finding
for each file.

Why: every method of `quality_monitors` is marked deprecated in the SDK. `data_quality` manages data profiling and
anomaly detection by one interface, and what is built now is built there.

Silent when: the file only deletes monitors, or is a test.

Source: databricks-sdk 0.156, `QualityMonitorsAPI`.

Bad::

    from databricks.sdk import WorkspaceClient

    w = WorkspaceClient()
    w.quality_monitors.run_refresh(table_name="main.churn.predictions")

Bad: the package before that::

    from databricks import lakehouse_monitoring as lm

    lm.create_monitor(table_name="main.churn.predictions", profile_type=lm.Snapshot())

Good::

    from databricks.sdk import WorkspaceClient

    monitors = WorkspaceClient().data_quality.list_monitor()

Good: old monitors are deleted::

    from databricks.sdk import WorkspaceClient

    WorkspaceClient().quality_monitors.delete(table_name="main.churn.predictions")

Good: another object of that name::

    from databricks.sdk import WorkspaceClient

    plant.quality_monitors["line-3"].get()

Good: a test::

    # file: tests/test_monitor.py
    from databricks.sdk import WorkspaceClient

    WorkspaceClient().quality_monitors.get(table_name="main.churn.predictions")
"""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.code.facts import Facts
from orchestrator.code.python import PythonFile
from orchestrator.code.removals import imports_of
from orchestrator.code.roles import Role
from orchestrator.rules.model_monitoring_expert._monitors import SERVICE, monitor_calls
from orchestrator.rules.rule import Hit, Rule, Severity

RULE = Rule(
    id="MON002",
    name="legacy-monitor-api",
    severity=Severity.LOW,
    default=False,
    references=("https://databricks-sdk-py.readthedocs.io/en/latest/workspace/catalog/quality_monitors.html",),
)
_PACKAGE = "databricks.lakehouse_monitoring"
_METHODS = (
    "create", "get", "update", "run_refresh", "list_refreshes", "get_refresh", "cancel_refresh", "regenerate_dashboard",
)  # fmt: skip


@RULE.on_python
def check(file: PythonFile, facts: Facts) -> Iterator[Hit]:
    """The first use of a deprecated interface in a file."""
    if not file.imports_any("databricks") or facts.role(file.path) is Role.TEST:
        return
    statement = next(imports_of(file, _PACKAGE), None)
    calls = sorted(monitor_calls(file, *_METHODS), key=lambda call: call.node.lineno)
    if statement is not None:
        location, what = file.location(statement), f"`{_PACKAGE}`"
    elif calls:
        location, what = file.call_location(calls[0]), f"`{SERVICE}` (in {len(calls)} calls of this file)"
    else:
        return
    yield Hit(
        location=location,
        message=f"{what} is deprecated; `data_quality` of the workspace client manages data profiling and anomaly "
        "detection",
        severity=RULE.severity.lowered(0 if facts.role(file.path).is_serious else 1),
    )
