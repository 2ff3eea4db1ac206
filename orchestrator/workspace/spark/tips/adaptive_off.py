"""Executions that ran without adaptive query execution."""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.workspace.spark.operators import is_exchange
from orchestrator.workspace.spark.profile import Execution, Profile
from orchestrator.workspace.spark.thresholds import MINUTE, Thresholds
from orchestrator.workspace.spark.tip import Hit, Kind, Measure, graded, time

KIND = Kind(
    id="adaptive-off",
    advice=(
        "Drop spark.sql.adaptive.enabled=false: it is on by default since Spark 3.2, and without it no skewed join is "
        "split, no partition is coalesced and no join turns into a broadcast when a side proves small."
    ),
    threshold=lambda limits: (
        f"at least {time(limits.static_plan_time)} of task time in executions that shuffle with "
        "spark.sql.adaptive.enabled=false; a judgement"
    ),
)
_SHOWN = 10


@KIND.check
def executions_without_adaptation(profile: Profile, thresholds: Thresholds) -> Iterator[Hit]:
    """One hit for the whole run, with the executions that it is about."""
    static = [execution for execution in profile.executions if _is_static(profile, execution)]
    numbers = {execution.id for execution in static}
    spent = sum(stage.run_time.total for stage in profile.stages if stage.execution in numbers)
    if not static or spent < thresholds.static_plan_time:
        return
    named = ", ".join(str(execution.id) for execution in static[:_SHOWN]) + (", ..." if len(static) > _SHOWN else "")
    yield Hit(
        message=f"{len(static)} executions ({named}) shuffled without adaptive execution, {time(spent)} of task time",
        measures=(Measure("task time", spent, "ms"), Measure("executions", len(static))),
        severity=graded(spent, medium=60 * MINUTE, high=600 * MINUTE),
    )


def _is_static(profile: Profile, execution: Execution) -> bool:
    if profile.setting("spark.sql.adaptive.enabled", execution) != "false" or execution.plan is None:
        return False
    return any(is_exchange(node) for node in execution.plan.walk())
