"""CREATE FUNCTION and DROP FUNCTION."""

from __future__ import annotations

from sqlglot import parse_one
from sqlglot.errors import SqlglotError

from orchestrator.workspace.sandbox.problem import CallRefusedError
from orchestrator.workspace.sandbox.seed.unity import FunctionSeed, ParameterSeed, TableSeed
from orchestrator.workspace.sandbox.unity import Kind, Placed
from orchestrator.workspace.sandbox.warehouse.commands import Command, Order
from orchestrator.workspace.sandbox.warehouse.failure import syntax, unsupported
from orchestrator.workspace.sandbox.warehouse.session import Outcome

_IGNORED = (
    "DETERMINISTIC",
    "NOT DETERMINISTIC",
    "CONTAINS SQL",
    "READS SQL DATA",
    "LANGUAGE SQL",
    "SQL SECURITY DEFINER",
)


def _run(order: Order) -> Outcome:
    if order.head == "DROP FUNCTION":
        return _drop(order)
    reader, session = order.reader, order.session
    lenient = reader.accept("IF", "NOT", "EXISTS")
    name = session.full_name(reader.name().split("."))
    schema = session.state.unity.schemas.get(name.rpartition(".")[0])
    session.state.grants.require(session.caller, "CREATE_FUNCTION", schema)
    seed = _definition(order)
    if lenient and name in session.state.unity.functions:
        return Outcome()
    made = Placed(kind=Kind.FUNCTION, full_name=name, owner=session.caller, seed=seed)
    session.state.unity.functions.add(made, replacing=order.head == "CREATE OR REPLACE FUNCTION")
    session.state.changed()
    return Outcome()


def _definition(order: Order) -> FunctionSeed:
    reader = order.reader
    reader.expect("(")
    parameters = []
    while not reader.accept(")"):
        parameters.append(ParameterSeed(name=reader.word(), type=_until_comma(order)))
        reader.accept(",")
    reader.expect("RETURNS")
    if reader.accept("TABLE"):
        raise unsupported("functions that return a table")
    returns, comment = reader.until("RETURN", "COMMENT", "LANGUAGE", "DETERMINISTIC", "NOT", "CONTAINS", "READS"), None
    while not reader.accept("RETURN"):
        if reader.accept("COMMENT"):
            comment = reader.value()
        elif not any(reader.accept(*words.split()) for words in _IGNORED):
            raise reader.unexpected()
    return FunctionSeed(parameters=parameters, returns=returns, body=_checked(reader.rest()), comment=comment)


def _until_comma(order: Order) -> str:
    """The type of a parameter, without its default and comment."""
    text = order.reader.until(",", ")", "DEFAULT", "COMMENT")
    if order.reader.accept("DEFAULT") or order.reader.accept("COMMENT"):
        order.reader.value()
    return text


def _checked(body: str) -> str:
    """The body, if it can be read.

    Raises:
        StatementFailedError: it cannot.
    """
    try:
        parse_one(body, read="databricks")
    except (SqlglotError, RecursionError) as error:
        raise syntax(f"Syntax error in the body of the function: {str(error).splitlines()[0][:200]}") from None
    return body


def _drop(order: Order) -> Outcome:
    reader, state = order.reader, order.session.state
    lenient = reader.accept("IF", "EXISTS")
    name = order.session.full_name(reader.name().split("."))
    reader.end()
    if lenient and name not in state.unity.functions:
        return Outcome()
    found = state.unity.functions.get(name)
    state.grants.require_manage(order.session.caller, found)
    users = [table.full_name for table in state.unity.tables if name.lower() in _used(table)]
    if users:
        said = f"Function '{name}' is used as row filter or column mask by {', '.join(users[:3])}."
        raise CallRefusedError(400, "INVALID_STATE", said)
    state.drop(found)
    return Outcome()


def _used(table: Placed[TableSeed]) -> set[str]:
    masks = {column.mask.function.lower() for column in table.seed.columns.values() if column.mask is not None}
    return masks | ({table.seed.row_filter.function.lower()} if table.seed.row_filter is not None else set())


COMMAND = Command(heads=("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION", "DROP FUNCTION"), run=_run)
