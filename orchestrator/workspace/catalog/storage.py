"""What the tables of a catalog store, by DESCRIBE DETAIL, and when each was last read, by lineage."""

from __future__ import annotations

import datetime as dt

from orchestrator.errors import WorkspaceError
from orchestrator.workspace.audit.log import Window
from orchestrator.workspace.connection import Workspace
from orchestrator.workspace.governance.tables import tables_under
from orchestrator.workspace.names import table_name
from orchestrator.workspace.records import Record
from orchestrator.workspace.statements import Value, query

MAX_TABLES = 100
_WITH_FILES = frozenset({"MANAGED", "EXTERNAL", "STREAMING_TABLE", "MATERIALIZED_VIEW"})
_READ = (
    "SELECT source_table_full_name AS source, max(event_date) AS last FROM system.access.table_lineage "
    "WHERE source_table_catalog = :catalog AND event_date >= :since AND event_date <= :until GROUP BY 1 ORDER BY 1"
)


class TableStorage(Record):
    """What one table stores."""

    table: str
    kind: str
    bytes: int | None
    """of the newest version; null where the table does not tell"""
    files: int | None
    last_read: dt.date | None
    """the last day of the window on which lineage shows a read; null for none"""
    problem: str | None
    """why its size is not known"""


class CatalogStorage(Record):
    """The tables of a catalog that have files."""

    since: dt.date
    until: dt.date
    tables: tuple[TableStorage, ...]
    more: bool


def catalog_storage(workspace: Workspace, catalog: str, window: Window) -> CatalogStorage:
    """The storage of at most 100 tables.

    Raises:
        WorkspaceError: the catalog or the lineage cannot be read.
    """
    found = tables_under(workspace, catalog, MAX_TABLES)
    parameters: dict[str, Value] = {"catalog": catalog, "since": window.since, "until": window.until}
    rows = query(workspace, _READ, parameters, what="read when tables were last read", limit=10_000)
    read = {(row["source"] or "").lower(): (row["last"] or "")[:10] for row in rows.named()}
    tables = tuple(
        _stored(workspace, item.name, item.kind or "", read.get(item.name.lower()))
        for item in found.items
        if item.kind in _WITH_FILES
    )
    return CatalogStorage(since=window.since, until=window.until, tables=tables, more=found.more)


def _stored(workspace: Workspace, name: str, kind: str, last: str | None) -> TableStorage:
    day = dt.date.fromisoformat(last) if last else None
    statement = f"DESCRIBE DETAIL {table_name(name).quoted}"
    try:
        row = next(query(workspace, statement, what=f"tell the size of {name}", limit=1).named(), {})
    except WorkspaceError as error:
        return TableStorage(table=name, kind=kind, bytes=None, files=None, last_read=day, problem=str(error))
    size, files = row.get("sizeInBytes"), row.get("numFiles")
    return TableStorage(
        table=name,
        kind=kind,
        bytes=None if size is None else int(float(size)),
        files=None if files is None else int(float(files)),
        last_read=day,
        problem=None,
    )
