"""CREATE VIEW of columns of one table, and DROP VIEW; a view that is made here holds no rows."""

from __future__ import annotations

from typing import Literal

import sqlglot
import sqlglot.expressions as exp
from sqlglot.errors import SqlglotError

from orchestrator.workspace.sandbox.problem import CallRefusedError
from orchestrator.workspace.sandbox.seed.unity import ColumnSeed, TableSeed
from orchestrator.workspace.sandbox.unity import Kind, Placed
from orchestrator.workspace.sandbox.warehouse.commands import Command, Order
from orchestrator.workspace.sandbox.warehouse.failure import syntax, unsupported
from orchestrator.workspace.sandbox.warehouse.session import Outcome

_VIEW: Literal["VIEW"] = "VIEW"


def _run(order: Order) -> Outcome:
    if order.head == "DROP VIEW":
        return _drop(order)
    reader, session = order.reader, order.session
    name = session.full_name(reader.name().split("."))
    schema = session.state.unity.schemas.get(name.rpartition(".")[0])
    session.state.grants.require(session.caller, "CREATE_TABLE", schema)
    named = _columns(order) if reader.accept("(") else {}
    comment = reader.value() if reader.accept("COMMENT") else None
    reader.expect("AS")
    query = reader.rest()
    columns = _typed(order, query, named)
    old = next((table for table in session.state.unity.tables if table.full_name.lower() == name.lower()), None)
    if old is not None and (old.seed.type != _VIEW or order.head == "CREATE VIEW"):
        raise CallRefusedError(400, "TABLE_OR_VIEW_ALREADY_EXISTS", f"Cannot create view {name} because it exists.")
    seed = TableSeed(
        type=_VIEW, columns=columns, comment=comment, rows=0, created=session.state.now, view_definition=query
    )
    owner = old.owner if old else session.caller
    order.engine.make(
        session.state.unity.tables.add(
            Placed(kind=Kind.TABLE, full_name=name, owner=owner, seed=seed), replacing=old is not None
        )
    )
    session.state.changed()
    return Outcome()


def _columns(order: Order) -> dict[str, str | None]:
    """The names of the columns with their comments."""
    reader, found = order.reader, dict[str, str | None]()
    while not reader.accept(")"):
        name = reader.word()
        found[name] = reader.value() if reader.accept("COMMENT") else None
        reader.accept(",")
    return found


def _typed(order: Order, query: str, named: dict[str, str | None]) -> dict[str, ColumnSeed]:
    """The columns with the types that they have in the table behind the view.

    Raises:
        StatementFailedError: the query is another one than a SELECT of columns of one table, or names do not fit.
        CallRefusedError: the table or a column is not there.
    """
    try:
        parsed = sqlglot.parse_one(query, read="databricks")
    except SqlglotError:
        raise syntax("Syntax error in the query of the view.") from None
    tables = list(parsed.find_all(exp.Table)) if isinstance(parsed, exp.Select) else []
    picked = parsed.expressions if isinstance(parsed, exp.Select) else []
    if len(tables) != 1 or not all(isinstance(each.unalias(), exp.Column) for each in picked):
        raise unsupported("CREATE VIEW other than a SELECT of columns of one table")
    behind = order.session.full_name([part.name for part in tables[0].parts])
    known = {name.lower(): column for name, column in order.session.state.unity.tables.get(behind).seed.columns.items()}
    names = list(named) or [each.alias_or_name for each in picked]
    if len(names) != len(picked):
        raise syntax("The view has another number of columns than its query.")
    found = {}
    for name, each in zip(names, picked, strict=True):
        column = known.get(each.unalias().name.lower())
        if column is None:
            raise CallRefusedError(404, "UNRESOLVED_COLUMN", f"Column `{each.unalias().name}` is not in `{behind}`.")
        found[name] = ColumnSeed(type=column.type, comment=named.get(name))
    return found


def _drop(order: Order) -> Outcome:
    lenient, state = order.reader.accept("IF", "EXISTS"), order.session.state
    name = order.session.full_name(order.reader.name().split("."))
    order.reader.end()
    if lenient and name not in state.unity.tables:
        return Outcome()
    found = state.unity.tables.get(name)
    if found.seed.type != _VIEW:
        raise CallRefusedError(400, "EXPECT_VIEW_NOT_TABLE", f"{name} is no view.")
    state.grants.require_manage(order.session.caller, found)
    state.drop(found)
    return Outcome()


COMMAND = Command(heads=("CREATE VIEW", "CREATE OR REPLACE VIEW", "DROP VIEW"), run=_run)
