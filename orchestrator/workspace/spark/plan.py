"""A physical plan as a tree of operators, whether it came from an event log or from the text of `EXPLAIN`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple


class Metric(NamedTuple):
    """A SQL metric of an operator, summed over its tasks.

    `kind` is Spark's: `sum`, `size` (bytes), `timing` (ms), `nsTiming` (ns) or `average`; `value` is None where the
    log does not give it.
    """

    name: str
    kind: str
    value: int | None


class Attribute(NamedTuple):
    """One line of an operator's details in a formatted plan, such as `PushedFilters`."""

    name: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PlanNode:
    """One operator: its name as Spark gives it, its arguments, and the operators it reads from."""

    name: str
    detail: str = ""
    children: tuple[PlanNode, ...] = ()
    metrics: tuple[Metric, ...] = ()
    attributes: tuple[Attribute, ...] = ()
    number: int | None = None
    """The operator's number in a formatted plan."""

    def walk(self) -> Iterator[PlanNode]:
        """This operator and every one below it, parents first."""
        waiting = [self]
        while waiting:
            node = waiting.pop()
            yield node
            waiting.extend(reversed(node.children))

    def metric(self, name: str) -> int | None:
        """The value of the metric of that name, or None."""
        return next((metric.value for metric in self.metrics if metric.name == name), None)

    def milliseconds(self, name: str) -> int | None:
        """The value of a timing metric in ms, or None."""
        found = next((metric for metric in self.metrics if metric.name == name), None)
        if found is None or found.value is None:
            return None
        return found.value // 1_000_000 if found.kind == "nsTiming" else found.value

    def attribute(self, name: str) -> str | None:
        """The value of the detail line of that name, or None."""
        return next((attribute.value for attribute in self.attributes if attribute.name == name), None)

    def __str__(self) -> str:
        """The operator's name and the beginning of its arguments."""
        return f"{self.name} {self.detail[:80]}".strip()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Plan:
    """A physical plan: its root, the subqueries beside it, and whether it is the one that ran.

    `final` is False for an adaptive plan that was not finished, and True for every plan that is not adaptive.
    """

    root: PlanNode
    subqueries: tuple[PlanNode, ...] = ()
    adaptive: bool = False
    final: bool = True
    notes: tuple[str, ...] = ()

    def walk(self) -> Iterator[PlanNode]:
        """Every operator, those of subqueries last."""
        yield from self.root.walk()
        for subquery in self.subqueries:
            yield from subquery.walk()
