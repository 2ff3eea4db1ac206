"""The lineage around a table as a graph: several steps through `system.access.table_lineage`, level by level.

Columns: https://docs.databricks.com/aws/en/admin/system-tables/lineage
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from string import Template
from typing import Literal

from orchestrator.workspace.connection import Workspace
from orchestrator.workspace.records import Record
from orchestrator.workspace.statements import Value, query

Direction = Literal["upstream", "downstream", "both"]
MAX_EDGES = 5_000
_EDGES = Template(
    "SELECT source_table_full_name AS source, target_table_full_name AS target, max(event_date) AS last, "
    "count(DISTINCT entity_id) AS writers, max_by(entity_type, event_time) AS kind "
    "FROM system.access.table_lineage WHERE event_date >= :since AND $side IN ($marks) "
    "AND source_table_full_name IS NOT NULL AND target_table_full_name IS NOT NULL "
    "AND source_table_full_name <> target_table_full_name GROUP BY 1, 2 ORDER BY 1, 2"
)
_SIDES = {"upstream": "target_table_full_name", "downstream": "source_table_full_name"}


class LineageEdge(Record):
    """Data that went from one table to another."""

    source: str
    target: str
    last: dt.date | None
    """the last day on which it was seen"""
    writers: int
    """how many jobs, pipelines, notebooks or queries moved it"""
    kind: str | None
    """what moved it last, as JOB, PIPELINE, NOTEBOOK"""


class LineageNode(Record):
    """A table of the graph."""

    name: str
    steps: int
    """from the table that was asked about; negative upstream"""


class LineageGraph(Record):
    """The lineage around a table; every edge connects two of the nodes."""

    table: str
    nodes: tuple[LineageNode, ...]
    edges: tuple[LineageEdge, ...]
    since: dt.date
    deeper: tuple[str, ...]
    """tables at the last step whose own lineage was not looked at"""
    more: bool
    """tables were left out because the graph is full"""


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """How far a graph grows."""

    depth: int
    nodes: int


Step = Callable[[Sequence[str]], Iterable[LineageEdge]]


def lineage_graph(
    workspace: Workspace, table: str, direction: Direction, bounds: Bounds, since: dt.date
) -> LineageGraph:
    """The graph around a table.

    Raises:
        WorkspaceError: the lineage cannot be read.
    """
    steps: dict[Literal["upstream", "downstream"], Step] = {}
    if direction in {"upstream", "both"}:
        steps["upstream"] = lambda names: _edges(workspace, "upstream", names, since)
    if direction in {"downstream", "both"}:
        steps["downstream"] = lambda names: _edges(workspace, "downstream", names, since)
    return grown(table, steps, bounds, since)


def grown(
    table: str, steps: dict[Literal["upstream", "downstream"], Step], bounds: Bounds, since: dt.date
) -> LineageGraph:
    """The graph that the steps lead to, breadth first; a step gives the edges at these tables on its side."""
    nodes, edges = {table: 0}, {}
    deeper: set[str] = set()
    more = False
    for side, step in steps.items():
        level = [table]
        for number in range(1, bounds.depth + 1):
            found = list(step(level)) if level else []
            more = more or len(found) >= MAX_EDGES
            level, cut = _entered(nodes, found, side, number, bounds.nodes)
            more = more or cut
            edges.update({(edge.source, edge.target): edge for edge in found})
        deeper.update(level)
    kept = [edge for edge in edges.values() if edge.source in nodes and edge.target in nodes]
    return LineageGraph(
        table=table,
        nodes=tuple(LineageNode(name=name, steps=number) for name, number in nodes.items()),
        edges=tuple(sorted(kept, key=lambda edge: (edge.source, edge.target))),
        since=since,
        deeper=tuple(sorted(deeper)),
        more=more,
    )


def _entered(
    nodes: dict[str, int], edges: Iterable[LineageEdge], side: str, number: int, most: int
) -> tuple[list[str], bool]:
    """The new tables of a level, and whether some had no room."""
    level: list[str] = []
    cut = False
    for edge in edges:
        name = edge.source if side == "upstream" else edge.target
        if name in nodes:
            continue
        if len(nodes) >= most:
            cut = True
            continue
        nodes[name] = -number if side == "upstream" else number
        level.append(name)
    return level, cut


def _edges(
    workspace: Workspace, side: Literal["upstream", "downstream"], names: Sequence[str], since: dt.date
) -> Iterable[LineageEdge]:
    marks = {f"t{number}": name for number, name in enumerate(names)}
    parameters: dict[str, Value] = {"since": since, **marks}
    statement = _EDGES.substitute(side=_SIDES[side], marks=", ".join(f":{mark}" for mark in marks))
    for row in query(workspace, statement, parameters, what="read the lineage of tables", limit=MAX_EDGES).named():
        last = row["last"]
        yield LineageEdge(
            source=row["source"] or "", target=row["target"] or "",
            last=dt.date.fromisoformat(last[:10]) if last else None, writers=int(row["writers"] or 0), kind=row["kind"],
        )  # fmt: skip
