"""Where data went: tables written from others, followed downstream through `system.access.table_lineage`."""

from __future__ import annotations

import datetime as dt
from string import Template

from orchestrator.workspace.audit.log import Window
from orchestrator.workspace.connection import Workspace
from orchestrator.workspace.records import Record
from orchestrator.workspace.statements import Value, query

MAX_TABLES = 500
MAX_DEPTH = 5
_WRITTEN_FROM = Template(
    "SELECT source_table_full_name AS source, target_table_full_name AS target, created_by AS writer, "
    "max(event_date) AS last FROM system.access.table_lineage "
    "WHERE event_date >= :since AND event_date <= :until AND source_table_full_name IN ($marks) "
    "AND target_table_full_name IS NOT NULL AND target_table_full_name <> source_table_full_name "
    "GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"
)


class Hop(Record):
    """A table that was written from another one."""

    source: str
    target: str
    depth: int
    """1 is written from a table that was asked about"""
    writers: tuple[str, ...]
    """who ran it"""
    last: dt.date | None
    """the last day on which it was seen"""


class Downstream(Record):
    """The tables that data of the given ones was written to."""

    hops: tuple[Hop, ...]
    more: bool
    """deeper or further tables were left out: at most 5 steps and 500 tables are followed"""

    @property
    def targets(self) -> tuple[str, ...]:
        """The tables that were reached, each once, sorted."""
        return tuple(sorted({hop.target for hop in self.hops}))


def downstream(workspace: Workspace, tables: tuple[str, ...], window: Window) -> Downstream:
    """The tables downstream of these, seen in the window; views count, for they show the data.

    Raises:
        WorkspaceError: the lineage cannot be read.
    """
    seen = set(tables)
    edge: tuple[str, ...] = tuple(sorted(seen))
    hops: list[Hop] = []
    more = False
    for depth in range(1, MAX_DEPTH + 1):
        found, cut = _written_from(workspace, edge[:MAX_TABLES], window, depth)
        more = more or cut or len(edge) > MAX_TABLES
        hops += found
        edge = tuple(sorted({hop.target for hop in found} - seen))
        seen.update(edge)
        if not edge or len(seen) > MAX_TABLES:
            break
    return Downstream(hops=tuple(hops), more=more or bool(edge))


def _written_from(workspace: Workspace, tables: tuple[str, ...], window: Window, depth: int) -> tuple[list[Hop], bool]:
    if not tables:
        return [], False
    names = {f"t{number}": table for number, table in enumerate(tables)}
    parameters: dict[str, Value] = {"since": window.since, "until": window.until, **names}
    marks = ", ".join(f":{name}" for name in names)
    statement = _WRITTEN_FROM.substitute(marks=marks)
    rows = query(workspace, statement, parameters, what="read the lineage of tables", limit=5_000)
    writers: dict[tuple[str, str], set[str]] = {}
    last: dict[tuple[str, str], str] = {}
    for row in rows.named():
        edge = (row["source"] or "", row["target"] or "")
        writers.setdefault(edge, set()).add(row["writer"] or "unknown")
        last[edge] = max(last.get(edge, ""), row["last"] or "")
    hops = [
        Hop(source=edge[0], target=edge[1], depth=depth, writers=tuple(sorted(who)), last=_day(last[edge]))
        for edge, who in writers.items()
    ]
    return hops, rows.more


def _day(text: str) -> dt.date | None:
    return dt.date.fromisoformat(text[:10]) if text else None
