"""What depends on a table or a column, from lineage edges: `python impact.py`. Pure Python; edges come from
`templates/lineage_impact.sql`.
"""

from __future__ import annotations

import json
from collections import defaultdict, deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, order=True, kw_only=True)
class Node:
    """A column of a table; an empty column means the whole table."""

    table: str
    column: str = ""

    def __str__(self) -> str:
        return f"{self.table}.{self.column}" if self.column else self.table


@dataclass(frozen=True, kw_only=True)
class Dependent:
    """What reads the changed object, over how many steps, and by which way."""

    node: Node
    distance: int
    path: tuple[Node, ...]


Graph = Mapping[Node, frozenset[Node]]


def graph(lines: Iterable[str]) -> Graph:
    """Edges from JSON lines with source_table, source_column, target_table, target_column; a table without a name
    is skipped.

    Raises:
        ValueError: a line is no JSON object with these keys.
    """
    targets: dict[Node, set[Node]] = defaultdict(set)
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        source, target = edge(line, number)
        if source.table and target.table and source != target:
            targets[source].add(target)
    return {source: frozenset(found) for source, found in targets.items()}


def edge(line: str, number: int) -> tuple[Node, Node]:
    """Source and target of one line.

    Raises:
        ValueError: the line is no JSON object with the four keys.
    """
    try:
        row = json.loads(line)
        source = Node(table=row["source_table"] or "", column=row["source_column"] or "")
        target = Node(table=row["target_table"] or "", column=row["target_column"] or "")
    except (json.JSONDecodeError, KeyError, TypeError) as error:
        raise ValueError(
            f"line {number} is no edge with source_table, source_column, target_table, target_column: {error}"
        ) from error
    return source, target


def starts(edges: Graph, changed: Node) -> list[Node]:
    """The nodes that the change touches: the column, or all columns of the table."""
    if changed.column:
        return [changed]
    return sorted(node for node in edges if node.table == changed.table)


def dependents(edges: Graph, changed: Node) -> list[Dependent]:
    """Everything that reads the changed object, nearest first; each once, by a shortest way; cycles end where they
    close.
    """
    origin = starts(edges, changed)
    found: dict[Node, Dependent] = {}
    queue = deque(Dependent(node=node, distance=0, path=(node,)) for node in origin)
    seen = set(origin)
    while queue:
        current = queue.popleft()
        for target in sorted(edges.get(current.node, frozenset()) - seen):
            seen.add(target)
            found[target] = Dependent(node=target, distance=current.distance + 1, path=(*current.path, target))
            queue.append(found[target])
    return sorted(found.values(), key=lambda dependent: (dependent.distance, dependent.node))


def report(edges: Graph, changed: Node) -> str:
    """One line for each dependent, with its way; or the sentence that none is recorded."""
    found = dependents(edges, changed)
    if not found:
        return f"no recorded dependents of {changed}; lineage does not see paths, other engines or older runs"
    return "\n".join(
        f"{item.distance}  {item.node}  via {' > '.join(str(node) for node in item.path[:-1])}" for item in found
    )


KEYS = ("source_table", "source_column", "target_table", "target_column")
SAMPLE = [
    json.dumps(dict(zip(KEYS, row, strict=True)))
    for row in (
        ("prod.silver.customers", "email", "prod.gold.contacts", "email"),
        ("prod.silver.customers", "region", "prod.gold.orders_daily", "region"),
        ("prod.gold.contacts", "email", "prod.marketing.audience", "address"),
        ("prod.marketing.audience", "address", "prod.gold.contacts", "email"),
    )
]


if __name__ == "__main__":
    sample = graph(SAMPLE)
    text = report(sample, Node(table="prod.silver.customers", column="email"))
    print(text)
    assert "2  prod.marketing.audience.address" in text
    assert "orders_daily" not in text
