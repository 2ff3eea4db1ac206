"""Row filters and column masks: functions, where they are applied, and the statements that change them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.errors import WorkspaceError
from orchestrator.workspace.changes import Goal, State
from orchestrator.workspace.connection import Workspace
from orchestrator.workspace.governance.securables import full_name
from orchestrator.workspace.names import quoted, table_name
from orchestrator.workspace.statements import query

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient
    from databricks.sdk.service.catalog import FunctionInfo, TableInfo

_OWNER = "ownership of the table or MANAGE on it, and EXECUTE on the function"


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """A parameter of a function: its name and SQL type."""

    name: str
    type: str

    @property
    def declared(self) -> str:
        """The parameter as it stands in CREATE FUNCTION."""
        return f"{quoted(self.name)} {self.type}"


def parameter(name: str, type_text: str) -> Parameter:
    """A parameter whose type is a type of Databricks SQL.

    Raises:
        WorkspaceError: the name cannot be one, or the type is unknown.
    """
    import sqlglot.expressions as exp
    from sqlglot.errors import SqlglotError

    quoted(name)
    try:
        built = exp.DataType.build(type_text, dialect="databricks")
    except (SqlglotError, ValueError) as error:
        raise WorkspaceError(_no_type(type_text)) from error
    if not isinstance(built, exp.DataType) or built.this is None or built.is_type(*exp.DataType.NESTED_TYPES):
        raise WorkspaceError(_no_type(type_text))
    return Parameter(name=name, type=_plain(built.sql("databricks")))


def _no_type(text: str) -> str:
    return f"{text[:60]!r} is no plain type of Databricks SQL; write STRING, INT, DATE, DECIMAL(10,2) ..."


def _plain(type_text: str) -> str:
    """The type as it is compared: Unity Catalog writes `decimal(10,2)`."""
    return type_text.upper().replace(" ", "")


def condition(text: str) -> str:
    """One SQL expression, written anew from its parse, so that nothing else can hide in it.

    Raises:
        WorkspaceError: it cannot be read, or is more or something else than one expression.
    """
    import sqlglot
    import sqlglot.expressions as exp
    from sqlglot.errors import SqlglotError

    try:
        parsed = sqlglot.parse(text, read="databricks")
    except (SqlglotError, RecursionError) as error:
        raise WorkspaceError(f"the condition {text[:80]!r} is not an expression of Databricks SQL") from error
    one = parsed[0] if len(parsed) == 1 else None
    refused = (exp.Query, exp.DDL, exp.DML, exp.Command, exp.Alias)
    if one is None or isinstance(one, refused) or not isinstance(one, exp.Condition):
        raise WorkspaceError(
            f"the condition {text[:80]!r} is not one expression; write such as: "
            "is_account_group_member('emea') OR region = 'EU'"
        )
    return one.sql("databricks", comments=False)


@dataclass(frozen=True, kw_only=True)
class FilterFunction:
    """The body of a Boolean SQL function with these parameters; None where there is no such function."""

    name: str
    parameters: tuple[Parameter, ...]

    @property
    def subject(self) -> str:
        """What is set."""
        return f"function {self.name}"

    def read(self, workspace: Workspace) -> State:
        """The signature and the body.

        Raises:
            WorkspaceError: it is no scalar SQL function, or cannot be read.
        """

        def question(client: WorkspaceClient) -> FunctionInfo | None:
            from databricks.sdk.errors import NotFound

            try:
                return client.functions.get(self.name)
            except NotFound:
                return None

        found = workspace.ask(f"read the function {self.name}", question, privilege="EXECUTE on it")
        return _function_state(found) if found else None

    def write(self, workspace: Workspace, before: State, after: State) -> None:
        """Create, replace or drop the function."""
        what = f"create the function {self.name}" if after else f"drop the function {self.name}"
        query(workspace, self.call(before, after), what=what, limit=1)

    def call(self, before: State, after: State) -> str:
        """The SQL statement."""
        name = _quoted("function", self.name)
        if after is None:
            return f"DROP FUNCTION {name}"
        verb = "CREATE FUNCTION" if before is None else "CREATE OR REPLACE FUNCTION"
        return f"{verb} {name}({after[0]}) RETURNS {after[1]} RETURN {after[2]}"


def _function_state(found: FunctionInfo) -> State:
    language = found.external_language or (found.routine_body.value if found.routine_body else "SQL")
    if language.upper() != "SQL" or found.return_params is not None:
        # It could not be put back as it was: CREATE FUNCTION ... RETURN makes a SQL function of its text.
        kind = "a table function" if language.upper() == "SQL" else f"written in {language.capitalize()}"
        raise WorkspaceError(
            f"the function {found.full_name} is {kind}, and only scalar SQL functions are replaced: give another name"
        )
    inputs = (found.input_params.parameters if found.input_params else None) or ()
    signature = ", ".join(f"{quoted(item.name)} {_plain(item.type_text)}" for item in inputs)
    returns = _plain(found.full_data_type or (found.data_type.value if found.data_type else ""))
    return (signature, returns, " ".join((found.routine_definition or "").split()))


def filter_function(name: str, parameters: tuple[Parameter, ...], body: str) -> Goal:
    """The goal that a Boolean function of that name tests this condition.

    Raises:
        WorkspaceError: the name or the condition cannot be one, or there is no parameter.
    """
    if not parameters:
        raise WorkspaceError("a row filter needs at least one parameter: the column that it tests")
    setting = FilterFunction(name=full_name("function", name), parameters=parameters)
    signature = ", ".join(item.declared for item in parameters)
    state = (signature, "BOOLEAN", " ".join(condition(body).split()))
    return Goal(setting=setting, wanted=lambda _now: state)


def _table(workspace: Workspace, table: str) -> TableInfo:
    return workspace.ask(f"read the table {table}", lambda client: client.tables.get(table))


@dataclass(frozen=True, kw_only=True)
class RowFilter:
    """The row filter of a table: its function and the columns that it is given; None where there is none."""

    table: str

    @property
    def subject(self) -> str:
        """What is set."""
        return f"row filter of table {self.table}"

    def read(self, workspace: Workspace) -> State:
        """The function, then the columns."""
        found = _table(workspace, self.table).row_filter
        return (found.function_name, *found.input_column_names) if found else None

    def write(self, workspace: Workspace, before: State, after: State) -> None:
        """Set or drop the filter."""
        query(workspace, self.call(before, after), what=f"set the row filter of {self.table} ({_OWNER})", limit=1)

    def call(self, before: State, after: State) -> str:
        """The SQL statement."""
        del before
        table = table_name(self.table).quoted
        if after is None:
            return f"ALTER TABLE {table} DROP ROW FILTER"
        columns = ", ".join(quoted(column) for column in after[1:])
        return f"ALTER TABLE {table} SET ROW FILTER {_quoted('function', after[0])} ON ({columns})"


@dataclass(frozen=True, kw_only=True)
class ColumnMasking:
    """The mask of a column: its function and the further columns that it is given; None where there is none."""

    table: str
    column: str

    @property
    def subject(self) -> str:
        """What is set."""
        return f"mask of column {self.table}.{self.column}"

    def read(self, workspace: Workspace) -> State:
        """The function, then the further columns.

        Raises:
            WorkspaceError: the table has no such column.
        """
        columns = {column.name: column for column in _table(workspace, self.table).columns or ()}
        if self.column not in columns:
            raise WorkspaceError(f"the table {self.table} has no column {self.column!r}")
        mask = columns[self.column].mask
        if mask is None or mask.function_name is None:
            return None
        return (mask.function_name, *(mask.using_column_names or ()))

    def write(self, workspace: Workspace, before: State, after: State) -> None:
        """Set or drop the mask."""
        what = f"set the mask of {self.table}.{self.column} ({_OWNER})"
        query(workspace, self.call(before, after), what=what, limit=1)

    def call(self, before: State, after: State) -> str:
        """The SQL statement."""
        del before
        start = f"ALTER TABLE {table_name(self.table).quoted} ALTER COLUMN {quoted(self.column)}"
        if after is None:
            return f"{start} DROP MASK"
        using = ", ".join(quoted(column) for column in after[1:])
        return f"{start} SET MASK {_quoted('function', after[0])}" + (f" USING COLUMNS ({using})" if using else "")


def filtering(table: str, function: str | None, columns: tuple[str, ...]) -> Goal:
    """The goal that the table's rows are filtered by the function over these columns, or not at all.

    Raises:
        WorkspaceError: a name cannot be one, or there is no column.
    """
    setting = RowFilter(table=str(table_name(table)))
    if function is None:
        return Goal(setting=setting, wanted=lambda _now: None)
    if not columns:
        raise WorkspaceError("a row filter needs at least one column of the table")
    state = (full_name("function", function), *columns)
    return Goal(setting=setting, wanted=lambda _now: state)


def masking(table: str, column: str, function: str | None, using: tuple[str, ...] = ()) -> Goal:
    """The goal that the column is masked by the function, or not at all.

    Raises:
        WorkspaceError: a name cannot be one.
    """
    quoted(column)
    setting = ColumnMasking(table=str(table_name(table)), column=column)
    if function is None:
        return Goal(setting=setting, wanted=lambda _now: None)
    state = (full_name("function", function), *using)
    return Goal(setting=setting, wanted=lambda _now: state)


def _quoted(kind: str, name: str) -> str:
    return ".".join(quoted(part) for part in full_name(kind, name).split("."))
