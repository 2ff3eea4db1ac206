"""The plan of an event (`sparkPlanInfo`) as a tree; its metrics are accumulators until their values are known."""

from __future__ import annotations

from dataclasses import dataclass, field

from orchestrator.workspace.spark.fields import Event, number, record, records, text
from orchestrator.workspace.spark.operators import ADAPTIVE
from orchestrator.workspace.spark.plan import Attribute, Metric, Plan, PlanNode
from orchestrator.workspace.spark.redaction import masked

DETAIL = 600
"""Characters of an operator's arguments that are kept."""
_METRICS = 60
_ATTRIBUTES = 12


@dataclass(slots=True)
class Draft:
    """One operator whose metrics have no values yet: each is its name, its kind and its accumulator."""

    name: str
    detail: str
    metrics: tuple[tuple[str, str, int], ...]
    attributes: tuple[Attribute, ...]
    children: list[Draft] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanDraft:
    """A plan of an event, with the number of its operators and the accumulators of its metrics."""

    root: Draft
    nodes: int
    accumulators: frozenset[int]

    def plan(self, values: dict[int, int]) -> Plan:
        """The plan with the values that the accumulators reached."""
        root = _node(self.root, values)
        # A cached plan further down has an adaptive root of its own: the first one is that of the query.
        adaptive = next((node for node in root.walk() if node.name == ADAPTIVE), None)
        return Plan(
            root=root,
            adaptive=adaptive is not None,
            final=adaptive is None or "isFinalPlan=true" in adaptive.detail,
        )


def draft(info: Event, most: int) -> PlanDraft | None:
    """The plan of one event, or None where it has more than `most` operators or no name at its root."""
    if not text(info, "nodeName"):
        return None
    root = _draft(info)
    waiting = [(info, root)]
    nodes = 1
    accumulators = {accumulator for _, _, accumulator in root.metrics}
    while waiting:
        event, parent = waiting.pop()
        for child in records(event, "children"):
            made = _draft(child)
            parent.children.append(made)
            accumulators.update(accumulator for _, _, accumulator in made.metrics)
            waiting.append((child, made))
            nodes += 1
        if nodes > most:
            return None
    return PlanDraft(root=root, nodes=nodes, accumulators=frozenset(accumulators))


def _draft(info: Event) -> Draft:
    name = text(info, "nodeName", most=120).strip()
    simple = masked(text(info, "simpleString", most=2 * DETAIL), most=DETAIL + 150)
    # A scan calls itself `FileScan parquet` in its text and `Scan parquet` in its name.
    detail = simple.removeprefix("File").removeprefix(name).strip()[:DETAIL]
    metrics = tuple(
        (text(metric, "name", most=80), text(metric, "metricType", most=20), number(metric, "accumulatorId"))
        for metric, _ in zip(records(info, "metrics"), range(_METRICS), strict=False)
    )
    listed = record(info, "metadata")
    attributes = tuple(
        Attribute(key[:60], masked(value, most=DETAIL))
        for (key, value), _ in zip(listed.items(), range(_ATTRIBUTES), strict=False)
        if isinstance(value, str)
    )
    return Draft(name, detail, metrics, attributes)


def _node(root: Draft, values: dict[int, int]) -> PlanNode:
    """The finished tree, children before parents and without recursion: a hostile plan may be deep."""
    order: list[Draft] = []
    waiting = [root]
    while waiting:
        node = waiting.pop()
        order.append(node)
        waiting.extend(node.children)
    made: dict[int, PlanNode] = {}
    for node in reversed(order):
        made[id(node)] = PlanNode(
            name=node.name,
            detail=node.detail,
            children=tuple(made.pop(id(child)) for child in node.children),
            metrics=tuple(Metric(name, kind, values.get(accumulator)) for name, kind, accumulator in node.metrics),
            attributes=node.attributes,
        )
    return made[id(root)]
