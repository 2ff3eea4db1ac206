"""What the workspace recorded of data that moved: from and to tables, by columns, and who reached a table.

Columns: https://docs.databricks.com/aws/en/admin/system-tables/lineage
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from string import Template

from orchestrator.workspace.connection import Workspace
from orchestrator.workspace.records import Record
from orchestrator.workspace.statements import Value, query

MAX_ROWS = 10_000
MAX_TABLES = 300
_TABLES = Template(
    "SELECT source_table_full_name AS source, target_table_full_name AS target, source_path, target_path, "
    "entity_type AS kind, entity_id AS entity, max(event_date) AS last FROM system.access.table_lineage "
    "WHERE event_date >= :since AND event_date <= :until "
    "AND (source_table_full_name IN ($marks) OR target_table_full_name IN ($marks)) "
    "GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1, 2, 5, 6"
)
_COLUMNS = Template(
    "SELECT source_table_full_name AS source, source_column_name AS source_column, target_table_full_name AS target, "
    "target_column_name AS target_column, entity_type AS kind, entity_id AS entity, max(event_date) AS last "
    "FROM system.access.column_lineage WHERE event_date >= :since AND event_date <= :until "
    "AND (source_table_full_name IN ($marks) OR target_table_full_name IN ($marks)) "
    "AND source_table_full_name IS NOT NULL AND target_table_full_name IS NOT NULL "
    "GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1, 2, 3, 4, 5, 6"
)
_NAMED = Template(
    "SELECT table_catalog || '.' || table_schema || '.' || table_name FROM system.information_schema.tables "
    "WHERE table_name IN ($marks) AND table_schema <> 'information_schema' ORDER BY 1"
)


class Flow(Record):
    """Data that moved between two tables; null where it came from or went to no table."""

    source: str | None
    target: str | None
    path: str | None
    """the file or folder on the other side, where that is no table"""
    by: str
    """what moved it, as `job 1003`, or `a query`"""
    last: dt.date | None


class ColumnFlow(Record):
    """Data that moved from one column to another."""

    source: str
    source_column: str
    target: str
    target_column: str
    by: str
    last: dt.date | None


@dataclass(frozen=True, kw_only=True)
class Flows:
    """What was recorded around some tables; `more` tells that rare flows or tables were left out."""

    tables: tuple[Flow, ...]
    columns: tuple[ColumnFlow, ...]
    more: bool


def flows(workspace: Workspace, names: Sequence[str], since: dt.date, until: dt.date) -> Flows:
    """The recorded flows into these tables and out of them.

    Raises:
        WorkspaceError: the lineage cannot be read.
    """
    asked = names[:MAX_TABLES]
    if not asked:
        return Flows(tables=(), columns=(), more=False)
    values, marks = _marks(asked)
    parameters: dict[str, Value] = {"since": since, "until": until, **values}
    tables = query(
        workspace, _TABLES.substitute(marks=marks), parameters, what="read the lineage of tables", limit=MAX_ROWS
    )
    columns = query(
        workspace, _COLUMNS.substitute(marks=marks), parameters, what="read the lineage of columns", limit=MAX_ROWS
    )
    return Flows(
        tables=tuple(_flow(row) for row in tables.named() if row["source"] != row["target"]),
        columns=tuple(_column_flow(row) for row in columns.named()),
        more=tables.more or columns.more or len(names) > len(asked),
    )


def tables_named(workspace: Workspace, last_parts: Iterable[str]) -> tuple[str, ...]:
    """The full names of the tables whose own names are these.

    Raises:
        WorkspaceError: the tables cannot be listed.
    """
    names = sorted(set(last_parts))[:MAX_TABLES]
    if not names:
        return ()
    values, marks = _marks(names)
    parameters: dict[str, Value] = {**values}
    rows = query(workspace, _NAMED.substitute(marks=marks), parameters, what="list the tables", limit=MAX_ROWS)
    return tuple(row[0] for row in rows.rows if row[0])


def _marks(names: Sequence[str]) -> tuple[dict[str, str], str]:
    values = {f"t{number}": name for number, name in enumerate(names)}
    return values, ", ".join(f":{mark}" for mark in values)


def _flow(row: Mapping[str, str | None]) -> Flow:
    path = row["target_path"] if row["target"] is None else row["source_path"] if row["source"] is None else None
    return Flow(source=row["source"], target=row["target"], path=path, by=_by(row), last=_day(row["last"]))


def _column_flow(row: Mapping[str, str | None]) -> ColumnFlow:
    return ColumnFlow(
        source=row["source"] or "", source_column=row["source_column"] or "", target=row["target"] or "",
        target_column=row["target_column"] or "", by=_by(row), last=_day(row["last"]),
    )  # fmt: skip


def _by(row: Mapping[str, str | None]) -> str:
    kind = (row["kind"] or "").lower()
    return f"{kind} {row['entity']}".strip() if kind else "a query"


def _day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text[:10]) if text else None
