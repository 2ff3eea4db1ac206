"""A join that shuffles and sorts both sides although one of them is small enough to be broadcast."""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.workspace.spark.operators import below, is_exchange, is_shuffled_join, join_type
from orchestrator.workspace.spark.plan import PlanNode
from orchestrator.workspace.spark.profile import Execution, Profile
from orchestrator.workspace.spark.thresholds import GIBIBYTE, Thresholds
from orchestrator.workspace.spark.tip import Hit, Kind, Measure, graded, size

KIND = Kind(
    id="missed-broadcast",
    advice=(
        "Broadcast the small side: F.broadcast(frame) or the SQL hint /*+ BROADCAST(alias) */; gather its statistics "
        "(ANALYZE TABLE ... COMPUTE STATISTICS) so that the optimizer sees its size, and do not set "
        "spark.sql.autoBroadcastJoinThreshold to -1. A filter that runs in Python hides the size too."
    ),
    threshold=lambda limits: (
        f"the smaller side holds at most {size(limits.broadcast_bytes)} (the default of "
        f"spark.sql.autoBroadcastJoinThreshold) and the larger at least {size(limits.broadcast_other_side)}"
    ),
)
_ONLY_RIGHT = frozenset({"LeftOuter", "LeftSemi", "LeftAnti", "LeftSingle", "ExistenceJoin"})
_NEITHER = frozenset({"FullOuter"})


@KIND.check
def joins_with_a_small_side(profile: Profile, thresholds: Thresholds) -> Iterator[Hit]:
    """Every shuffled join with one small side that its join type allows to broadcast."""
    for execution in profile.executions:
        for node in execution.plan.walk() if execution.plan else ():
            if is_shuffled_join(node) and len(node.children) == 2:
                yield from _hits(execution, node, thresholds)


def _hits(execution: Execution, node: PlanNode, thresholds: Thresholds) -> Iterator[Hit]:
    left, right = (_shuffled(child) for child in node.children)
    if left is None or right is None:
        return
    kind = join_type(node)
    may_be_small = {"LeftOuter": (right,), "RightOuter": (left,)}.get(kind, (left, right))
    if kind in _ONLY_RIGHT:
        may_be_small = (right,)
    small, large = min(may_be_small), max(left, right)
    if kind in _NEITHER or small > thresholds.broadcast_bytes or large < thresholds.broadcast_other_side:
        return
    yield Hit(
        message=(
            f"execution {execution.id} joins {size(large)} with {size(small)} by {node.name}: both sides are shuffled, "
            "where the small one could be broadcast"
        ),
        measures=(Measure("large side", large, "bytes"), Measure("small side", small, "bytes")),
        severity=graded(large, medium=10 * GIBIBYTE, high=500 * GIBIBYTE),
        execution=execution,
        node=str(node),
    )


def _shuffled(side: PlanNode) -> int | None:
    """The bytes that a side's own shuffle moved, before compression; None where it has no shuffle or no number."""
    exchange = below(side)
    return exchange.metric("data size") if is_exchange(exchange) else None
