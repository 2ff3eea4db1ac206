"""CREATE TABLE with columns, CREATE SCHEMA and CATALOG, and DROP of each."""

from __future__ import annotations

from pydantic import ValidationError

from orchestrator.workspace.sandbox.problem import CallRefusedError, denied
from orchestrator.workspace.sandbox.seed.unity import CatalogSeed, ColumnSeed, SchemaSeed, TableSeed
from orchestrator.workspace.sandbox.unity import Kind, Placed
from orchestrator.workspace.sandbox.warehouse.commands import Command, Order
from orchestrator.workspace.sandbox.warehouse.failure import syntax, unsupported
from orchestrator.workspace.sandbox.warehouse.session import Outcome

_KINDS = {"TABLE": Kind.TABLE, "SCHEMA": Kind.SCHEMA, "CATALOG": Kind.CATALOG}


def _run(order: Order) -> Outcome:
    verb, _, word = order.head.rpartition(" ")
    lenient = order.reader.accept("IF", "EXISTS") if verb == "DROP" else order.reader.accept("IF", "NOT", "EXISTS")
    kind = _KINDS[word]
    name = _full_name(order, kind, order.reader.name())
    if verb == "DROP":
        return _drop(order, kind, name, lenient=lenient)
    if lenient and _exists(order, kind, name):
        return Outcome()
    {Kind.TABLE: _table, Kind.SCHEMA: _schema, Kind.CATALOG: _catalog}[kind](order, name)
    order.session.state.changed()
    return Outcome()


def _full_name(order: Order, kind: Kind, name: str) -> str:
    parts = name.split(".")
    if kind is Kind.TABLE:
        return order.session.full_name(parts)
    if kind is Kind.SCHEMA and len(parts) == 1:
        return f"{order.session.catalog or 'hive_metastore'}.{name}"
    return name


def _exists(order: Order, kind: Kind, name: str) -> bool:
    return any(
        item.kind is kind and item.full_name.lower() == name.lower() for item in order.session.state.unity.everything()
    )


def _table(order: Order, name: str) -> None:
    reader, session = order.reader, order.session
    session.state.grants.require(
        session.caller, "CREATE_TABLE", session.state.unity.schemas.get(name.rpartition(".")[0])
    )
    if reader.at_end or not reader.accept("("):
        raise unsupported("CREATE TABLE without a list of columns")
    columns = {}
    while not reader.accept(")"):
        column, kind, comment = reader.word(), reader.until(",", ")", "NOT", "COMMENT", "DEFAULT", "GENERATED"), None
        nullable = not reader.accept("NOT", "NULL")
        if reader.accept("COMMENT"):
            comment = reader.value()
        columns[column] = ColumnSeed(type=kind, nullable=nullable, comment=comment)
        reader.accept(",")
    comment = _comment(order)
    try:
        seed = TableSeed(columns=columns, comment=comment, rows=0, created=session.state.now)
    except ValidationError:
        raise syntax(f"The table {name} needs at least one column with a plain name.") from None
    replacing = order.head == "CREATE OR REPLACE TABLE"
    placed = Placed(kind=Kind.TABLE, full_name=name, owner=session.caller, seed=seed)
    order.engine.make(session.state.unity.tables.add(placed, replacing=replacing))


def _comment(order: Order) -> str | None:
    """The comment in the clauses behind the columns; the other clauses change nothing here."""
    reader = order.reader
    while not reader.at_end:
        if reader.accept("COMMENT"):
            return reader.value()
        if reader.accept("AS"):
            raise unsupported("CREATE TABLE AS SELECT")
        reader.skip()
    return None


def _schema(order: Order, name: str) -> None:
    session = order.session
    session.state.grants.require(
        session.caller, "CREATE_SCHEMA", session.state.unity.catalogs.get(name.partition(".")[0])
    )
    seed = SchemaSeed(comment=_comment(order))
    session.state.unity.schemas.add(Placed(kind=Kind.SCHEMA, full_name=name, owner=session.caller, seed=seed))


def _catalog(order: Order, name: str) -> None:
    state, caller = order.session.state, order.session.caller
    if not state.people.is_admin(caller) and "CREATE_CATALOG" not in state.grants.held(caller, Kind.METASTORE, ""):
        raise denied("User does not have CREATE CATALOG on Metastore.")
    seed = CatalogSeed(comment=_comment(order))
    state.unity.catalogs.add(Placed(kind=Kind.CATALOG, full_name=name, owner=caller, seed=seed))


def _drop(order: Order, kind: Kind, name: str, *, lenient: bool) -> Outcome:
    state = order.session.state
    if lenient and not _exists(order, kind, name):
        return Outcome()
    found = state.unity.find(kind, name)
    state.grants.require_manage(order.session.caller, found)
    if kind is not Kind.TABLE and state.unity.inside(found.full_name) and not order.reader.accept("CASCADE"):
        raise CallRefusedError(400, "SCHEMA_NOT_EMPTY", f"Cannot drop {name} because it contains objects; add CASCADE.")
    state.drop(found)
    return Outcome()


COMMAND = Command(
    heads=(
        "CREATE TABLE", "CREATE OR REPLACE TABLE", "CREATE SCHEMA", "CREATE CATALOG", "DROP TABLE", "DROP SCHEMA",
        "DROP CATALOG",
    ),
    run=_run,
)  # fmt: skip
