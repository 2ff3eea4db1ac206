"""A join without an equality: every row of one side is compared with every row of the other."""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.types import Severity
from orchestrator.workspace.spark.operators import is_cartesian, is_nested_loop, rows
from orchestrator.workspace.spark.plan import PlanNode
from orchestrator.workspace.spark.profile import Execution, Profile
from orchestrator.workspace.spark.thresholds import Thresholds
from orchestrator.workspace.spark.tip import Hit, Kind, Measure, graded

KIND = Kind(
    id="compared-pairs",
    rules=("PYS010",),
    advice=(
        "Give the join an equality: a key, a date bucket or a range bin that both sides share (on Databricks the hint "
        "RANGE_JOIN for intervals); turn OR conditions into a union of joins; where the product is meant, reduce both "
        "sides first."
    ),
    threshold=lambda limits: f"at least {limits.compared_pairs:,} pairs of rows; about a minute of one core",
)


@KIND.check
def joins_of_every_pair(profile: Profile, thresholds: Thresholds) -> Iterator[Hit]:
    """Every cartesian product and nested loop over many pairs."""
    for execution in profile.executions:
        for node in execution.plan.walk() if execution.plan else ():
            if is_cartesian(node) or is_nested_loop(node):
                yield from _hits(profile, thresholds, execution, node)


def _hits(profile: Profile, thresholds: Thresholds, execution: Execution, node: PlanNode) -> Iterator[Hit]:
    if not profile.measured:
        yield Hit(
            f"{node.name} compares every row of one side with every row of the other",
            (),
            Severity.MEDIUM if is_cartesian(node) else Severity.LOW,
            execution=execution,
            node=str(node),
        )
        return
    given = node.metric("number of output rows") or 0
    pairs = max(_pairs(profile, execution, node), given)
    if pairs < thresholds.compared_pairs:
        return
    yield Hit(
        message=f"execution {execution.id} compares {pairs:,} pairs of rows by {node.name} and keeps {given:,}",
        measures=(Measure("pairs", pairs, "rows"), Measure("rows kept", given, "rows")),
        severity=graded(pairs, medium=1e10, high=1e12),
        execution=execution,
        node=str(node),
    )


def _pairs(profile: Profile, execution: Execution, node: PlanNode) -> int:
    """The rows of one side times those of the other; a cartesian product reads a side again in each of its tasks."""
    if len(node.children) != 2:
        return 0
    product = (rows(node.children[0]) or 0) * (rows(node.children[1]) or 0)
    if not is_cartesian(node):
        return product
    return product // max(
        (stage.tasks for stage in profile.stages_of(execution.id) if node.name in stage.operators), default=1
    )
