"""Tables found by a word: in their names, in the names of their columns, or in comments."""

from __future__ import annotations

from collections.abc import Iterator
from string import Template
from typing import TYPE_CHECKING, Literal

from orchestrator.workspace.connection import Workspace
from orchestrator.workspace.plain import brief, word
from orchestrator.workspace.records import Record
from orchestrator.workspace.statements import Value, query

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient
    from databricks.sdk.service.catalog import TableSummary

Where = Literal["names", "columns", "comments"]
PAGE = 1_000
MAX_MATCHES = 10_000
_COLUMNS = Template(
    "SELECT concat_ws('.', table_catalog, table_schema, table_name) AS table_name, column_name AS matched "
    "FROM system.information_schema.columns WHERE contains(lower(column_name), lower(:text)) "
    "AND table_schema <> 'information_schema' $one ORDER BY 1, 2"
)
_COMMENTS = Template(
    "SELECT concat_ws('.', table_catalog, table_schema, table_name) AS table_name, comment AS matched "
    "FROM system.information_schema.tables WHERE contains(lower(comment), lower(:text)) "
    "AND table_schema <> 'information_schema' $one ORDER BY 1"
)


class TableMatch(Record):
    """A table that was found."""

    table: str
    kind: str | None
    """as MANAGED or VIEW; null where the search does not tell"""
    matched: str
    """the name, column or comment that holds the word"""


def by_name(client: WorkspaceClient, text: str, catalog: str | None) -> Iterator[TableMatch]:
    """The tables whose name holds the text, whatever its case; catalog by catalog, no `information_schema`."""
    wanted = text.lower()
    names = [catalog] if catalog else (item.name or "" for item in client.catalogs.list())
    for name in names:
        for found in client.tables.list_summaries(name, max_results=PAGE, table_name_pattern=f"%{_pattern(text)}%"):
            schema, _, table = (found.full_name or "").rpartition(".")
            if wanted in table.lower() and not schema.endswith(".information_schema"):
                yield _match(found)


def by_content(workspace: Workspace, text: str, catalog: str | None, where: Where) -> Iterator[TableMatch]:
    """The tables with a column or comment that holds the text, at most 10,000.

    Raises:
        WorkspaceError: the information schema cannot be read.
    """
    parameters: dict[str, Value] = {"text": text}
    if catalog is not None:
        parameters["catalog"] = catalog
    template = _COLUMNS if where == "columns" else _COMMENTS
    statement = template.substitute(one="" if catalog is None else "AND table_catalog = :catalog")
    rows = query(workspace, statement, parameters, what=f"search the {where} of tables", limit=MAX_MATCHES)
    for row in rows.named():
        yield TableMatch(table=row["table_name"] or "", kind=None, matched=brief(row["matched"], 300) or "")


def _pattern(text: str) -> str:
    """The text for LIKE: `%` stands for anything, so a text with one finds too much and is compared again."""
    return "".join("_" if character in "%\\" else character for character in text)


def _match(found: TableSummary) -> TableMatch:
    name = found.full_name or ""
    return TableMatch(table=name, kind=word(found.table_type), matched=name.rpartition(".")[2])
