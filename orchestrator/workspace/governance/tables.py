"""The tables of a catalog or schema with their columns, as the governance of them needs them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

from orchestrator.errors import WorkspaceError
from orchestrator.workspace.connection import Workspace
from orchestrator.workspace.names import addressed, quoted
from orchestrator.workspace.statements import query

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient
    from databricks.sdk.service.catalog import ColumnInfo, TableInfo


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column: its type as text, and the function that masks it."""

    name: str
    type: str
    mask: str | None = None


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table or view: its owner, columns and the function that filters its rows."""

    name: str
    kind: str
    owner: str
    columns: tuple[Column, ...]
    row_filter: str | None = None
    commented: bool = False
    properties: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Tables:
    """Some tables of a scope; `more` tells that there are others."""

    items: tuple[Table, ...]
    more: bool


def tables_under(workspace: Workspace, scope: str, limit: int) -> Tables:
    """The tables of a catalog, of a schema, or the one table that the scope names; no `information_schema`.

    Raises:
        WorkspaceError: the scope is no such name, or cannot be read.
    """
    parts = [part.strip("`") for part in scope.strip().split(".")]
    if not 1 <= len(parts) <= 3:
        raise WorkspaceError(f"{scope[:100]!r} is no scope; write catalog, catalog.schema or catalog.schema.table")
    for part in parts:
        quoted(addressed(part))

    def read(client: WorkspaceClient) -> list[Table]:
        return list(islice(_tables(client, parts), limit + 1))

    found = workspace.ask(f"list the tables of {'.'.join(parts)}", read, privilege="USE CATALOG, USE SCHEMA and SELECT")
    return Tables(items=tuple(found[:limit]), more=len(found) > limit)


def tagged_columns(workspace: Workspace, catalog: str) -> Mapping[str, Mapping[str, str]]:
    """The tags of the columns of a catalog: by full name of the column, from key to value.

    Raises:
        WorkspaceError: they cannot be read.
    """
    statement = (
        "SELECT schema_name, table_name, column_name, tag_name, tag_value FROM system.information_schema.column_tags "
        "WHERE catalog_name = :catalog ORDER BY 1, 2, 3, 4"
    )
    rows = query(workspace, statement, {"catalog": catalog}, what="read the tags of columns", limit=10_000)
    found: dict[str, dict[str, str]] = {}
    for schema, table, column, key, value in rows.rows:
        found.setdefault(f"{catalog}.{schema}.{table}.{column}", {})[key or ""] = value or ""
    return found


def _tables(client: WorkspaceClient, parts: list[str]) -> Iterator[Table]:
    if len(parts) == 3:
        yield _table(client.tables.get(".".join(parts)))
        return
    schemas = [parts[1]] if len(parts) == 2 else [item.name or "" for item in client.schemas.list(parts[0])]
    for schema in schemas:
        if schema != "information_schema":
            yield from (_table(item) for item in client.tables.list(parts[0], schema))


def _table(info: TableInfo) -> Table:
    return Table(
        name=info.full_name or f"{info.catalog_name}.{info.schema_name}.{info.name}",
        kind=info.table_type.value if info.table_type else "UNKNOWN",
        owner=info.owner or "",
        columns=tuple(_column(item) for item in info.columns or ()),
        row_filter=info.row_filter.function_name if info.row_filter else None,
        commented=bool(info.comment),
        properties=dict(info.properties or {}),
    )


def _column(info: ColumnInfo) -> Column:
    return Column(
        name=info.name or "",
        type=(info.type_text or "").lower(),
        mask=info.mask.function_name if info.mask else None,
    )
