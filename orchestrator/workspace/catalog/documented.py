"""Comments of tables and columns, and views with named columns, as settings that have a state."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.errors import WorkspaceError
from orchestrator.workspace.changes import State
from orchestrator.workspace.connection import Workspace
from orchestrator.workspace.names import quoted, table_name
from orchestrator.workspace.statements import query

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient
    from databricks.sdk.service.catalog import TableInfo

_COMMENT, _COLUMN, _AS = "comment ", "column ", "as "
_SEPARATOR = ": "


def find_table(workspace: Workspace, name: str) -> TableInfo | None:
    """The table or view; None where there is none."""

    def question(client: WorkspaceClient) -> TableInfo | None:
        from databricks.sdk.errors import NotFound

        try:
            return client.tables.get(name)
        except NotFound:
            return None

    return workspace.ask(f"read the table {name}", question, privilege="USE CATALOG, USE SCHEMA and SELECT")


def text_literal(text: str) -> str:
    """The text as a literal of Databricks SQL."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


@dataclass(frozen=True, kw_only=True)
class TableCommentSetting:
    """The comment of a table; None where it has none, or is not there."""

    table: str

    @property
    def subject(self) -> str:
        """What is set."""
        return f"comment of table {self.table}"

    def read(self, workspace: Workspace) -> State:
        """The comment."""
        found = find_table(workspace, self.table)
        return (found.comment,) if found and found.comment else None

    def write(self, workspace: Workspace, before: State, after: State) -> None:
        """Set or take away the comment."""
        query(workspace, self.call(before, after), what=f"set the {self.subject}", limit=1)

    def call(self, before: State, after: State) -> str:
        """The SQL statement."""
        del before
        return f"COMMENT ON TABLE {table_name(self.table).quoted} IS {text_literal(after[0]) if after else 'NULL'}"


@dataclass(frozen=True, kw_only=True)
class ColumnCommentSetting:
    """The comment of a column of a table; None where it has none."""

    table: str
    column: str

    @property
    def subject(self) -> str:
        """What is set."""
        return f"comment of column {self.table}.{self.column}"

    def read(self, workspace: Workspace) -> State:
        """The comment."""
        found = find_table(workspace, self.table)
        columns = (found.columns if found else None) or ()
        comment = next((each.comment for each in columns if (each.name or "").lower() == self.column.lower()), None)
        return (comment,) if comment else None

    def write(self, workspace: Workspace, before: State, after: State) -> None:
        """Set or empty the comment."""
        query(workspace, self.call(before, after), what=f"set the {self.subject}", limit=1)

    def call(self, before: State, after: State) -> str:
        """The SQL statement."""
        del before
        text = text_literal(after[0] if after else "")
        return f"ALTER TABLE {table_name(self.table).quoted} ALTER COLUMN {quoted(self.column)} COMMENT {text}"


@dataclass(frozen=True, kw_only=True)
class ViewSetting:
    """A view: its comment, its columns with their comments, and its query; None where it is not there."""

    view: str

    @property
    def subject(self) -> str:
        """What is set."""
        return f"view {self.view}"

    def read(self, workspace: Workspace) -> State:
        """The view.

        Raises:
            WorkspaceError: what has the name is no view.
        """
        found = find_table(workspace, self.view)
        if found is None:
            return None
        if found.view_definition is None:
            raise WorkspaceError(f"{self.view} is a {found.table_type.value if found.table_type else 'table'}, no view")
        columns = [(each.name or "", each.comment or "") for each in found.columns or ()]
        return view_state(columns, found.comment or "", found.view_definition)

    def write(self, workspace: Workspace, before: State, after: State) -> None:
        """Create, replace or drop the view; a replaced one keeps its grants."""
        verb = "drop" if after is None else "replace" if before else "create"
        query(workspace, self.call(before, after), what=f"{verb} the {self.subject}", limit=1)

    def call(self, before: State, after: State) -> str:
        """The SQL statement."""
        name = table_name(self.view).quoted
        if after is None:
            return f"DROP VIEW {name}"
        told = [_parsed(line) for line in after]
        columns = [f"{quoted(key)} COMMENT {text_literal(text)}" for kind, key, text in told if kind == _COLUMN]
        comment = next((text for kind, _, text in told if kind == _COMMENT), "")
        select = next((text for kind, _, text in told if kind == _AS), "")
        create = "CREATE OR REPLACE VIEW" if before else "CREATE VIEW"
        return f"{create} {name} ({', '.join(columns)}) COMMENT {text_literal(comment)} AS {select}"


def view_state(columns: list[tuple[str, str]], comment: str, select: str) -> tuple[str, ...]:
    """The state of a view with these columns and comments."""
    told = [f"{_COLUMN}{name}{_SEPARATOR}{text}" for name, text in columns]
    return (f"{_COMMENT}{comment}", *told, f"{_AS}{' '.join(select.rstrip('; ').split())}")


def select_of(columns: list[str], source: str) -> str:
    """The query of a view of some columns of one table."""
    return " ".join(("SELECT", ", ".join(map(quoted, columns)), "FROM", table_name(source).quoted))


def _parsed(line: str) -> tuple[str, str, str]:
    """The kind of a line of a view's state, its key and its text."""
    if line.startswith(_COLUMN):
        key, _, text = line.removeprefix(_COLUMN).partition(_SEPARATOR)
        return _COLUMN, key, text
    kind = _COMMENT if line.startswith(_COMMENT) else _AS
    return kind, "", line.removeprefix(kind)
