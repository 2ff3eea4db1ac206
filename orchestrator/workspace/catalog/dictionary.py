"""A data dictionary: tables and columns with what is written about them, and how much of it is written at all."""

from __future__ import annotations

import html
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from orchestrator.errors import WorkspaceError
from orchestrator.workspace.catalog.table import Column, Table
from orchestrator.workspace.governance.lexicon import lexicon
from orchestrator.workspace.governance.securables import full_name
from orchestrator.workspace.plain import brief
from orchestrator.workspace.records import Record

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient
    from databricks.sdk.service.catalog import TableInfo

MAX_COLUMNS = 2_000
"""Columns in one answer; a table after them is listed without."""
_LEVELS = ("catalog", "schema", "table")
_MARKED = str.maketrans({"|": "\\|", "\n": " ", "\r": " ", "`": "'", "[": "\\[", "*": "\\*", "_": "\\_", "#": "\\#"})


class DictionaryColumn(Record):
    """A column in the dictionary."""

    name: str
    type: str
    nullable: bool
    comment: str | None
    personal: str | None
    """the kind of personal data that its name speaks of; its values were not looked at"""


class DictionaryTable(Record):
    """A table in the dictionary."""

    name: str
    kind: str | None
    owner: str | None
    comment: str | None
    columns: tuple[DictionaryColumn, ...]
    more_columns: int
    """columns that are left out: those after the first 200, and all where the answer has 2,000 already"""


class DataDictionary(Record):
    """The tables of a scope."""

    scope: str
    tables: tuple[DictionaryTable, ...]
    columns: int
    tables_without_comment: int
    columns_without_comment: int
    markdown: str | None
    """the same as a page, cut at `markdown_characters`; what people wrote is escaped"""
    more: bool
    """the scope has more tables than were looked at: `next_cursor` goes on with them"""
    next_cursor: str | None = None


def scope_name(text: str) -> str:
    """The name of a catalog, schema or table without backticks.

    Raises:
        WorkspaceError: the text is no such name.
    """
    count = text.strip().count(".")
    if count >= len(_LEVELS):
        raise WorkspaceError(f"{text[:100]!r} is no scope; write catalog, catalog.schema or catalog.schema.table")
    return full_name(_LEVELS[count], text)


def described(client: WorkspaceClient, parts: Sequence[str]) -> Iterator[TableInfo]:
    """The tables of a catalog, of a schema, or the one table, with columns; no `information_schema`."""
    if len(parts) == 3:
        yield client.tables.get(".".join(parts))
        return
    schemas = [parts[1]] if len(parts) == 2 else (item.name or "" for item in client.schemas.list(parts[0]))
    for schema in schemas:
        if schema != "information_schema":
            yield from client.tables.list(parts[0], schema)


def dictionary(scope: str, tables: Sequence[Table], *, characters: int, cursor: str | None) -> DataDictionary:
    """The dictionary of these tables; with no characters, without the page."""
    every = [_entry(item) for item in tables]
    columns = [column for entry in every for column in entry.columns]
    found = DataDictionary(
        scope=scope,
        tables=tuple(_bounded(every)),
        columns=len(columns),
        tables_without_comment=sum(not entry.comment for entry in every),
        columns_without_comment=sum(not column.comment for column in columns),
        markdown=None,
        more=cursor is not None,
        next_cursor=cursor,
    )
    return found.model_copy(update={"markdown": brief(page(found), characters)}) if characters else found


def _bounded(entries: Sequence[DictionaryTable]) -> Iterator[DictionaryTable]:
    """The tables with their columns, as long as the answer has room for them."""
    room = MAX_COLUMNS
    for entry in entries:
        columns = entry.columns[:room]
        room -= len(columns)
        left_out = entry.more_columns + len(entry.columns) - len(columns)
        yield entry.model_copy(update={"columns": columns, "more_columns": left_out})


def page(found: DataDictionary) -> str:
    """The dictionary as markdown."""
    lines = [f"# Data dictionary of {_plain(found.scope)}", ""]
    lines.append(
        f"{len(found.tables)} tables, {found.columns} columns; {found.tables_without_comment} tables and "
        f"{found.columns_without_comment} columns have no comment."
    )
    for table in found.tables:
        lines += ["", f"## {_plain(table.name)}", "", f"{_plain(table.comment or 'No comment.')}", ""]
        lines += [f"Kind {table.kind or 'unknown'}, owner {_plain(table.owner or 'unknown')}.", ""]
        lines += ["| column | type | may be null | comment | personal data |", "|---|---|---|---|---|"]
        lines += [_row(column) for column in table.columns]
        lines += [f"| ... | | | {table.more_columns} more columns | |"] if table.more_columns else []
    return "\n".join(lines) + "\n"


def _row(column: DictionaryColumn) -> str:
    cells = (column.name, column.type, "yes" if column.nullable else "no", column.comment or "", column.personal or "")
    return f"| {' | '.join(_plain(cell) for cell in cells)} |"


def _plain(text: str) -> str:
    """A text as text: no markup of it is taken for markup of the page."""
    return html.escape(text, quote=False).translate(_MARKED)


def _entry(table: Table) -> DictionaryTable:
    return DictionaryTable(
        name=table.name, kind=table.kind, owner=table.owner, comment=table.comment,
        columns=tuple(_column(item) for item in table.columns), more_columns=table.column_count - len(table.columns),
    )  # fmt: skip


def _column(column: Column) -> DictionaryColumn:
    kind = lexicon().named(column.name)
    return DictionaryColumn(
        name=column.name, type=column.type, nullable=column.nullable, comment=column.comment,
        personal=kind.kind if kind else None,
    )  # fmt: skip
