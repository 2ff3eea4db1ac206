"""From SQL of Databricks to SQL of DuckDB: names, times, principals and functions that differ."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from orchestrator.workspace.sandbox.problem import CallRefusedError
from orchestrator.workspace.sandbox.types import type_name
from orchestrator.workspace.sandbox.warehouse.engine import INFORMATION, database_of
from orchestrator.workspace.sandbox.warehouse.failure import (
    StatementFailedError,
    insufficient,
    no_table,
    syntax,
    unsupported,
)
from orchestrator.workspace.sandbox.warehouse.information import catalog_column
from orchestrator.workspace.sandbox.warehouse.protection import protected
from orchestrator.workspace.sandbox.warehouse.session import Bound
from orchestrator.workspace.sandbox.warehouse.system_schema import INFORMATION_SCHEMA, SYSTEM

if TYPE_CHECKING:
    from orchestrator.workspace.sandbox.seed.unity import TableSeed
    from orchestrator.workspace.sandbox.unity import Placed
    from orchestrator.workspace.sandbox.warehouse.session import Session

Change = Callable[[exp.Expression, "Session"], exp.Expression]
MAX_STATEMENT = 200_000
_CHANGES = (exp.Insert, exp.Update, exp.Delete, exp.Merge)
_UNFOLDING = (exp.Explode, exp.Posexplode, exp.Inline, exp.Unnest, exp.Subquery)
_REFUSED = frozenset({"current_setting", "getenv", "getvariable", "pg_sleep", "query", "query_table"})
"""Functions of the engine that tell of this machine, or wait."""


@dataclass(kw_only=True)
class Rewritten:
    """A statement for DuckDB: its text, the parameters it uses, and the tables it reads and changes."""

    sql: str = ""
    parameters: dict[str, Bound] = field(default_factory=dict)
    changed: str | None = None
    tables: list[Placed[TableSeed]] = field(default_factory=list)

    @property
    def information(self) -> frozenset[str]:
        """The tables of information schemas that it reads."""
        return frozenset(table.name for table in self.tables if table.schema == INFORMATION_SCHEMA)


def parse(statement: str) -> exp.Expression:
    """The tree of one statement.

    Raises:
        StatementFailedError: the text is no statement, too long, or more than one.
    """
    if len(statement) > MAX_STATEMENT:
        raise syntax(f"The statement has more than {MAX_STATEMENT} characters.")
    try:
        found = [tree for tree in sqlglot.parse(statement, read="databricks") if tree is not None]
    except (SqlglotError, RecursionError, ValueError) as error:
        raise syntax(f"Syntax error: {str(error).splitlines()[0][:200]}") from None
    if len(found) != 1:
        raise syntax("Syntax error at or near ';': one statement is expected.")
    tree = found[0]
    if not isinstance(tree, exp.Expression):
        raise syntax("Syntax error: no statement was found.")
    return tree


def rewrite(tree: exp.Expression, session: Session) -> Rewritten:
    """The statement for DuckDB.

    Raises:
        StatementFailedError: a table or a privilege is missing, a parameter is unbound, or statements of
            this kind do not run here.
    """
    if not isinstance(tree, (exp.Query, *_CHANGES)):
        raise unsupported(f"statements such as {tree.key.upper()}")
    made = Rewritten()
    tree = tree.transform(lambda node: _identifier(node, session))
    _refuse_laterals(tree)
    target = _target(tree)
    outer = [table for table in tree.find_all(exp.Table) if table.db or not _is_inner(table)]
    for table in outer:
        _place(table, session, made, is_target=table is target)
    _name_projections(tree)
    tree = tree.transform(lambda node: _function(node, session, made)).transform(_differing)
    made.sql = tree.sql(dialect="duckdb", comments=False)
    return made


def _refuse_laterals(tree: exp.Expression) -> None:
    """Functions of tables behind LATERAL would reach the engine past grants, filters and masks.

    Raises:
        StatementFailedError: there is one that does more than unfold a value.
    """
    for lateral in tree.find_all(exp.Lateral):
        if not isinstance(lateral.this, _UNFOLDING):
            raise unsupported(f"LATERAL {lateral.this.name[:40]}")


def _is_inner(table: exp.Table) -> bool:
    """Whether the name is that of a WITH clause that holds here; any other bare name is a table of the workspace."""
    node: exp.Expr | None = table
    child: exp.Expr | None = None
    while node is not None:
        clause = node.args.get("with_")
        if isinstance(clause, exp.With) and table.name.lower() in _visible(clause, child):
            return True
        child = node if isinstance(node, exp.CTE) else child if isinstance(node, exp.With) else None
        node = node.parent
    return False


def _visible(clause: exp.With, inside: exp.Expr | None) -> frozenset[str]:
    """The names of a WITH clause; inside one of its own queries, those of the queries before it."""
    names: list[str] = []
    queries: list[exp.Expr] = clause.expressions
    for cte in queries:
        if cte is inside:
            return frozenset([*names, cte.alias_or_name.lower()] if clause.recursive else names)
        names.append(cte.alias_or_name.lower())
    return frozenset(names)


def _target(tree: exp.Expression) -> exp.Table | None:
    if not isinstance(tree, _CHANGES):
        return None
    found = tree.this
    if isinstance(found, exp.Schema):
        found = found.this
    if isinstance(tree, exp.Delete) and tree.args.get("tables"):
        raise unsupported("DELETE from more than one table")
    return found if isinstance(found, exp.Table) else None


def _identifier(node: exp.Expression, session: Session) -> exp.Expression:
    """A name instead of IDENTIFIER(...) of a text or parameter."""
    inner = node.this if isinstance(node, exp.Table) else node
    if not (isinstance(inner, exp.Anonymous) and inner.name.upper() == "IDENTIFIER" and len(inner.expressions) == 1):
        return node
    given = inner.expressions[0]
    text = session.bound(given.name) if isinstance(given, exp.Placeholder) else given.name
    if not isinstance(text, str):
        raise StatementFailedError("NOT_A_CONSTANT_STRING", "The argument of IDENTIFIER is no text.", "42601")
    try:
        named = exp.to_table(text, dialect="databricks")
    except SqlglotError:
        raise syntax(f"Syntax error at or near {text[:60]!r}: it is no name.") from None
    if isinstance(node, exp.Table):
        named.set("alias", node.args.get("alias"))
        return named
    return exp.column(named.name, table=named.db or None, db=named.catalog or None, quoted=True)


def _place(table: exp.Table, session: Session, made: Rewritten, *, is_target: bool) -> None:
    """Point a table to where it is in DuckDB; a table with a row filter or masks becomes a query."""
    if isinstance(table.this, exp.Func):
        _generate(table, table.this)
        return
    name = session.full_name([part.name for part in table.parts])
    if name not in session.state.unity.tables:
        raise no_table(name)
    found = session.state.unity.tables.get(name)
    _let_in(session, found, "MODIFY" if is_target else "SELECT")
    made.tables.append(found)
    if is_target:
        made.changed = found.full_name
    alias = table.args.get("alias")
    place = _table_of(found)
    shielded = None if is_target else _instead(session, found, place)
    if shielded is None:
        for key in ("this", "db", "catalog"):
            table.set(key, place.args.get(key))
        return
    if alias is not None:
        shielded.set("alias", alias)
    table.replace(shielded)


def _generate(table: exp.Table, function: exp.Func) -> None:
    """Keep the function `range`, whose column is called `id`; no other function of tables runs here.

    Raises:
        StatementFailedError: it is another one.
    """
    name = function.name if isinstance(function, exp.Anonymous) else function.sql_name()
    if name.lower() != "range":
        raise unsupported(f"the table function {name[:40]}")
    inner = exp.select(exp.alias_(exp.column("range"), "id")).from_(exp.Table(this=function.copy()))
    table.replace(inner.subquery(alias=table.alias or "range"))


def _instead(session: Session, table: Placed[TableSeed], place: exp.Table) -> exp.Expression | None:
    """The query to read instead of a table: of its catalog alone, or filtered and masked."""
    if table.schema != INFORMATION_SCHEMA:
        return protected(session, table, place)
    if table.catalog == SYSTEM:
        return None
    column = catalog_column(table.name)
    wanted = exp.column(column, quoted=True).eq(exp.Literal.string(table.catalog)) if column else exp.false()
    return exp.select("*").from_(place).where(wanted).subquery(alias=exp.to_identifier(table.name, quoted=True))


def _table_of(table: Placed[TableSeed]) -> exp.Table:
    if table.schema == INFORMATION_SCHEMA:
        return exp.table_(table.name.lower(), db="main", catalog=INFORMATION, quoted=True)
    return exp.table_(table.name.lower(), db=table.schema.lower(), catalog=database_of(table.catalog), quoted=True)


def _let_in(session: Session, table: Placed[TableSeed], privilege: str) -> None:
    if table.schema == INFORMATION_SCHEMA or table.catalog == SYSTEM:
        if privilege != "SELECT":
            raise insufficient("System tables and information schemas cannot be changed.")
        if table.schema == INFORMATION_SCHEMA:
            return
    try:
        session.state.grants.require(session.caller, privilege, table)
    except CallRefusedError as problem:
        raise insufficient(problem.message) from None


def _function(node: exp.Expression, session: Session, made: Rewritten) -> exp.Expression:
    if isinstance(node, exp.Placeholder):
        made.parameters[node.name] = session.bound(node.name)
        return node
    if isinstance(node, exp.Column) and node.table and _is_map(node.table, made):
        column = exp.column(node.table, table=node.db or None)
        return exp.Bracket(this=column, expressions=[exp.Literal.string(node.name)])
    if isinstance(node, exp.Column) and node.db:
        return _shortened(node, made)
    for kind, change in _CHANGED:
        if isinstance(node, kind):
            return change(node, session)
    if isinstance(node, exp.Anonymous):
        return _anonymous(node, session)
    return node


def _is_map(name: str, made: Rewritten) -> bool:
    """Whether a table of the statement has a column of this name that is a map."""
    return any(
        column.lower() == name.lower() and type_name(seed.type) == "MAP"
        for table in made.tables
        for column, seed in table.seed.columns.items()
    )


def _shortened(column: exp.Column, made: Rewritten) -> exp.Expression:
    """A column named with schema and catalog of a table of the statement, named with the table alone."""
    named = ".".join(part.name for part in column.parts[:-1]).lower()
    if any(f".{table.full_name.lower()}".endswith(f".{named}") for table in made.tables):
        return exp.column(column.this.copy(), table=column.args["table"].copy())
    return column


def _timestamp(node: exp.Expression, session: Session) -> exp.Expression:
    del node
    text = session.state.seed.now.replace(tzinfo=None).isoformat(sep=" ")
    return exp.cast(exp.Literal.string(text), exp.DataType.build("TIMESTAMP", dialect="duckdb"))


def _date(node: exp.Expression, session: Session) -> exp.Expression:
    del node
    return exp.cast(exp.Literal.string(session.state.seed.now.date().isoformat()), "DATE")


def _caller(node: exp.Expression, session: Session) -> exp.Expression:
    del node
    return exp.Literal.string(session.caller)


def _without_zone(node: exp.Expression, session: Session) -> exp.Expression:
    del session
    return exp.DataType.build("TIMESTAMP", dialect="duckdb") if node.this == exp.DataType.Type.TIMESTAMPTZ else node


_CHANGED: tuple[tuple[type[exp.Expression], Change], ...] = (
    (exp.CurrentTimestamp, _timestamp),
    (exp.CurrentDate, _date),
    (exp.CurrentUser, _caller),
    (exp.SessionUser, _caller),
    (exp.DataType, _without_zone),
)


def _anonymous(node: exp.Anonymous, session: Session) -> exp.Expression:
    name = node.name.lower()
    if name in {"is_account_group_member", "is_member"} and len(node.expressions) == 1:
        groups = session.state.people.identities(session.caller)
        return exp.Boolean(this=node.expressions[0].name in groups)
    if name in {"user", "current_user", "session_user"}:
        return exp.Literal.string(session.caller)
    if name in _REFUSED:
        raise StatementFailedError("UNRESOLVED_ROUTINE", f"Cannot resolve routine `{name}` on search path.", "42883")
    return node


def _name_projections(tree: exp.Expression) -> None:
    """Name the columns that have no name by their own text, as Databricks does."""
    select = tree.find(exp.Select) if isinstance(tree, exp.Query) else None
    for item in select.expressions if select is not None else ():
        if not isinstance(item, exp.Alias | exp.Column | exp.Star):
            text = item.sql(dialect="databricks", normalize_functions="lower").replace("count(*)", "count(1)")
            item.replace(exp.alias_(item.copy(), text, quoted=True))


def _differing(node: exp.Expression) -> exp.Expression:
    """Functions whose values differ: Databricks counts days of the week from 1 for Sunday, DuckDB from 0."""
    if isinstance(node, exp.DayOfWeek):
        return exp.Anonymous(this="spark_dayofweek", expressions=[node.this])
    if isinstance(node, exp.CountIf):
        return exp.Count(this=exp.case().when(node.this, exp.Literal.number(1)))
    if isinstance(node, exp.TsOrDsAdd):
        # A date and an interval make a time in DuckDB, a date in Databricks.
        return node if isinstance(node.parent, exp.Cast) else exp.cast(node.copy(), "DATE")
    if isinstance(node, exp.StrToUnix):
        return exp.Anonymous(this="spark_unix_timestamp", expressions=[node.this])
    if isinstance(node, exp.Anonymous) and node.name.lower() == "weekday":
        return exp.Anonymous(this="spark_weekday", expressions=node.expressions)
    return node
