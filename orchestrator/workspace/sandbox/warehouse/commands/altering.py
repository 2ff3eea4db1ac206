"""ALTER: tags, masks, row filters, owners, comments and table properties."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from orchestrator.workspace.sandbox.problem import CallRefusedError
from orchestrator.workspace.sandbox.seed.unity import MaskSeed, RowFilterSeed
from orchestrator.workspace.sandbox.tagging import COLUMN, ENTITY_TYPES
from orchestrator.workspace.sandbox.unity import Kind
from orchestrator.workspace.sandbox.warehouse.commands import Command, Order
from orchestrator.workspace.sandbox.warehouse.commands.targets import target
from orchestrator.workspace.sandbox.warehouse.session import Outcome

if TYPE_CHECKING:
    from orchestrator.workspace.sandbox.seed.unity import ColumnSeed, TableSeed
    from orchestrator.workspace.sandbox.unity import Shelf

Alter = Callable[[Order, Kind, str], None]


def _run(order: Order) -> Outcome:
    kind, name = target(order.reader, order.session)
    state = order.session.state
    state.grants.require_manage(order.session.caller, state.unity.find(kind, name))
    for words, alter in _CLAUSES:
        if order.reader.accept(*words.split()):
            alter(order, kind, name)
            order.reader.end()
            state.changed()
            return Outcome()
    raise order.reader.unexpected()


def _set_tags(order: Order, kind: Kind, name: str) -> None:
    _tags(order, ENTITY_TYPES[kind], name)


def _tags(order: Order, entity_type: str, name: str) -> None:
    state = order.session.state
    for key, value in pairs(order):
        state.tags.put(entity_type, name, key, value, by=order.session.caller, at=state.now)


def _unset_tags(order: Order, kind: Kind, name: str) -> None:
    for key in _keys(order):
        order.session.state.tags.remove(ENTITY_TYPES[kind], name, key)


def pairs(order: Order) -> list[tuple[str, str]]:
    """Keys and values in brackets: `('a' = 'b', 'c')`."""
    reader = order.reader
    reader.expect("(")
    found = []
    while True:
        key = reader.value()
        found.append((key, reader.value() if reader.accept("=") else ""))
        if not reader.accept(","):
            break
    reader.expect(")")
    return found


def _keys(order: Order) -> list[str]:
    reader = order.reader
    reader.expect("(")
    found = [reader.value()]
    while reader.accept(","):
        found.append(reader.value())
    reader.expect(")")
    return found


def _column(order: Order, kind: Kind, name: str) -> None:
    del kind
    column = _known_column(order, name, order.reader.word())
    reader, state = order.reader, order.session.state
    if reader.accept("SET", "MASK"):
        _set_mask(order, name, column)
    elif reader.accept("DROP", "MASK"):
        _change_column(order, name, column, mask=None)
    elif reader.accept("SET", "TAGS"):
        _tags(order, COLUMN, f"{name}.{column}")
    elif reader.accept("UNSET", "TAGS"):
        for key in _keys(order):
            state.tags.remove(COLUMN, f"{name}.{column}", key)
    elif reader.accept("COMMENT"):
        _change_column(order, name, column, comment=reader.value())
    else:
        raise reader.unexpected()


def _tables(order: Order) -> Shelf[TableSeed]:
    return order.session.state.unity.tables


def _known_column(order: Order, table: str, column: str) -> str:
    """The column as the table spells it.

    Raises:
        CallRefusedError: the table has no such column (404).
    """
    for name in _tables(order).get(table).seed.columns:
        if name.lower() == column.lower():
            return name
    raise CallRefusedError(404, "UNRESOLVED_COLUMN", f"Column `{column}` does not exist in table `{table}`.")


def _set_mask(order: Order, table: str, column: str) -> None:
    function = _known_function(order)
    using = order.reader.names() if order.reader.accept("USING", "COLUMNS") else []
    kept = [_known_column(order, table, other) for other in using]
    _change_column(order, table, column, mask=MaskSeed(function=function, using=kept))


def _known_function(order: Order) -> str:
    name = order.session.full_name(order.reader.name().split("."))
    return order.session.state.unity.functions.get(name).full_name


def _change_column(order: Order, table: str, column: str, **values: object) -> None:
    columns: dict[str, ColumnSeed] = dict(_tables(order).get(table).seed.columns)
    columns[column] = columns[column].model_copy(update=values)
    _tables(order).change(table, columns=columns)


def _set_filter(order: Order, kind: Kind, name: str) -> None:
    del kind
    function = _known_function(order)
    order.reader.expect("ON")
    columns = [_known_column(order, name, column) for column in order.reader.names()]
    _tables(order).change(name, row_filter=RowFilterSeed(function=function, columns=columns))


def _drop_filter(order: Order, kind: Kind, name: str) -> None:
    del kind
    _tables(order).unset(name, "row_filter")


def _set_owner(order: Order, kind: Kind, name: str) -> None:
    owner = order.reader.name()
    if not order.session.state.people.knows(owner):
        raise CallRefusedError(404, "PRINCIPAL_DOES_NOT_EXIST", f"Could not find principal with name {owner}")
    order.session.state.unity.change(kind, name, owner=owner)


def _set_properties(order: Order, kind: Kind, name: str) -> None:
    del kind
    properties = _tables(order).get(name).seed.properties
    _tables(order).change(name, properties={**properties, **dict(pairs(order))})


_CLAUSES: tuple[tuple[str, Alter], ...] = (
    ("SET TAGS", _set_tags),
    ("UNSET TAGS", _unset_tags),
    ("ALTER COLUMN", _column),
    ("CHANGE COLUMN", _column),
    ("SET ROW FILTER", _set_filter),
    ("DROP ROW FILTER", _drop_filter),
    ("SET OWNER TO", _set_owner),
    ("OWNER TO", _set_owner),
    ("SET TBLPROPERTIES", _set_properties),
)
COMMAND = Command(heads=("ALTER",), run=_run)
