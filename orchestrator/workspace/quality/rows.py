"""Rows that can be asked by SQL: a table of a workspace."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from orchestrator.workspace.catalog.table import table
from orchestrator.workspace.connection import Workspace
from orchestrator.workspace.names import TableName
from orchestrator.workspace.quality.check import Dialect
from orchestrator.workspace.records import Record
from orchestrator.workspace.statements import query

Answer = tuple[tuple[str | None, ...], ...]


class DataColumn(Record):
    """A column of the rows, with its type as the engine names it."""

    name: str
    type: str


class DataRows(Protocol):
    """Rows under one name, asked by SELECT statements."""

    @property
    def label(self) -> str:
        """What a reader calls them."""

    @property
    def dialect(self) -> Dialect:
        """Whose SQL they speak."""

    @property
    def relation(self) -> str:
        """What stands behind FROM."""

    def columns(self) -> tuple[DataColumn, ...]:
        """Their columns, in order."""

    def ask(self, statement: str, limit: int) -> Answer:
        """The first rows of an answer, every value as text."""


@dataclass(frozen=True, kw_only=True)
class TableRows:
    """A table of the workspace, through a SQL warehouse."""

    workspace: Workspace
    name: TableName

    @property
    def label(self) -> str:
        """The table's full name."""
        return str(self.name)

    @property
    def dialect(self) -> Dialect:
        """Databricks SQL."""
        return "databricks"

    @property
    def relation(self) -> str:
        """The name, quoted."""
        return self.name.quoted

    def columns(self) -> tuple[DataColumn, ...]:
        """The columns as the catalog knows them.

        Raises:
            WorkspaceError: there is no such table, or it cannot be seen.
        """
        found = table(
            self.workspace.ask(
                f"read table {self.name}", lambda client: client.tables.get(str(self.name)), privilege="SELECT on it"
            )
        )
        return tuple(DataColumn(name=item.name, type=item.type) for item in found.columns)

    def ask(self, statement: str, limit: int) -> Answer:
        """The rows of a statement.

        Raises:
            WorkspaceError: no warehouse can run it, or it failed.
        """
        return query(self.workspace, statement, what=f"measure {self.name}", limit=limit).rows
