"""A window without PARTITION BY: all rows go through one task."""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.types import Severity
from orchestrator.workspace.spark.operators import below, is_exchange, is_window, rows
from orchestrator.workspace.spark.plan import PlanNode
from orchestrator.workspace.spark.profile import Execution, Profile
from orchestrator.workspace.spark.thresholds import Thresholds
from orchestrator.workspace.spark.tip import Hit, Kind, Measure, graded

KIND = Kind(
    id="global-window",
    rules=("PYS008",),
    advice=(
        "Give the window a PARTITION BY; for a top list use ORDER BY with LIMIT, for row numbers "
        "monotonically_increasing_id() or an identity column, for a running total aggregate by day first."
    ),
    threshold=lambda limits: f"at least {limits.single_partition_rows:,} rows in one partition; a judgement",
)


@KIND.check
def windows_in_one_task(profile: Profile, thresholds: Thresholds) -> Iterator[Hit]:
    """Every window over a shuffle into a single partition."""
    for execution in profile.executions:
        for node in execution.plan.walk() if execution.plan else ():
            if is_window(node) and node.children:
                yield from _hits(profile, thresholds, execution, node)


def _hits(profile: Profile, thresholds: Thresholds, execution: Execution, node: PlanNode) -> Iterator[Hit]:
    exchange = below(node.children[0])
    if not is_exchange(exchange) or "SinglePartition" not in f"{exchange.detail} {exchange.attribute('Arguments')}":
        return
    if not profile.measured:
        yield Hit(
            f"{node.name} has no PARTITION BY: all rows go through one task",
            (),
            Severity.MEDIUM,
            execution=execution,
            node=str(node),
        )
        return
    counted = rows(exchange) or 0
    if counted < thresholds.single_partition_rows:
        return
    yield Hit(
        message=(
            f"execution {execution.id} sends {counted:,} rows through one task: its {node.name} has no PARTITION BY"
        ),
        measures=(
            Measure("rows", counted, "rows"),
            Measure("shuffled", exchange.metric("shuffle bytes written") or 0, "bytes"),
        ),
        severity=graded(counted, medium=10_000_000, high=200_000_000),
        execution=execution,
        node=str(node),
    )
