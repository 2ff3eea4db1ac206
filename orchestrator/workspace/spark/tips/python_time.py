"""An execution that spends much of its time in Python workers."""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.types import Severity
from orchestrator.workspace.spark.operators import is_python
from orchestrator.workspace.spark.plan import PlanNode
from orchestrator.workspace.spark.profile import Execution, Profile
from orchestrator.workspace.spark.thresholds import MINUTE, Thresholds
from orchestrator.workspace.spark.tip import Hit, Kind, Measure, graded, time

KIND = Kind(
    id="python-time",
    rules=("PYS006",),
    advice=(
        "Say it with built-in functions (pyspark.sql.functions, higher-order functions for arrays): they stay in the "
        "engine and in Photon. Where Python is needed, a pandas or Arrow UDF moves columns in place of rows, and a "
        "filter before the UDF saves it rows."
    ),
    threshold=lambda limits: (
        f"Python workers take at least {limits.python_share:.0%} of the execution's task time and at least "
        f"{time(limits.python_time)}; a judgement"
    ),
)
_RUN = "time to run Python workers"


@KIND.check
def python_operators(profile: Profile, thresholds: Thresholds) -> Iterator[Hit]:
    """Every operator that hands its rows to Python for long."""
    for execution in profile.executions:
        for node in execution.plan.walk() if execution.plan else ():
            if is_python(node):
                yield from _hits(profile, thresholds, execution, node)


def _hits(profile: Profile, thresholds: Thresholds, execution: Execution, node: PlanNode) -> Iterator[Hit]:
    if not profile.measured:
        yield Hit(f"{node.name} hands rows to Python", (), Severity.INFO, execution=execution, node=str(node))
        return
    stages = profile.stages_of(execution.id)
    total = sum(stage.run_time.total for stage in stages)
    measured = node.milliseconds(_RUN)
    # Before Spark 4 no metric tells the time: it is at most that of the stages that the operator ran in.
    spent = measured if measured is not None else _at_most(node, profile, execution)
    if spent < thresholds.python_time or spent < thresholds.python_share * total:
        return
    counted = node.metric("number of output rows") or 0
    yield Hit(
        message=(
            f"execution {execution.id} spent {'' if measured is not None else 'at most '}{time(spent)} of "
            f"{time(total)} task time in Python for {counted:,} rows ({node.name})"
        ),
        measures=(
            Measure("python time", spent, "ms"),
            Measure("task time", total, "ms"),
            Measure("rows", counted, "rows"),
            Measure("sent to python", node.metric("data sent to Python workers") or 0, "bytes"),
        ),
        severity=graded(spent, medium=10 * MINUTE, high=120 * MINUTE),
        execution=execution,
        node=str(node),
    )


def _at_most(node: PlanNode, profile: Profile, execution: Execution) -> int:
    return sum(stage.run_time.total for stage in profile.stages_of(execution.id) if node.name in stage.operators)
