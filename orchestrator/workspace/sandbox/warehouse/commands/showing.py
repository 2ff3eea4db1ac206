"""SHOW CATALOGS, SCHEMAS, TABLES, COLUMNS, FUNCTIONS, VOLUMES, SHARES and RECIPIENTS."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from orchestrator.workspace.sandbox.unity import Kind
from orchestrator.workspace.sandbox.warehouse.commands import Command, Order
from orchestrator.workspace.sandbox.warehouse.commands.targets import named
from orchestrator.workspace.sandbox.warehouse.session import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable

    from orchestrator.workspace.sandbox.seed.part import Owned
    from orchestrator.workspace.sandbox.unity import Placed


def _run(order: Order) -> Outcome:
    what = order.reader.one_of(
        "CATALOGS", "SCHEMAS", "DATABASES", "TABLES", "VIEWS", "COLUMNS", "USER FUNCTIONS", "FUNCTIONS", "VOLUMES",
        "SHARES", "RECIPIENTS",
    )  # fmt: skip
    unity, state = order.session.state.unity, order.session.state
    if what == "CATALOGS":
        return _named(order, "catalog", unity.catalogs)
    if what in {"SCHEMAS", "DATABASES"}:
        catalog = _place(order) or order.session.catalog or ""
        return _named(order, "databaseName", unity.schemas.within(unity.catalogs.get(catalog).full_name))
    if what in {"SHARES", "RECIPIENTS"}:
        names = state.sharing.shares if what == "SHARES" else state.sharing.recipients
        return Outcome.of({"name": "STRING"}, [(name,) for name in sorted(names)])
    if what == "COLUMNS":
        order.reader.one_of("IN", "FROM")
        _, table = named(Kind.TABLE, order.reader.name(), order.session)
        return Outcome.of({"col_name": "STRING"}, [(name,) for name in unity.tables.get(table).seed.columns])
    return _inside(order, what)


def _inside(order: Order, what: str) -> Outcome:
    unity = order.session.state.unity
    place = _place(order) or order.session.schema or "default"
    schema = place if "." in place else f"{order.session.catalog}.{place}"
    unity.schemas.get(schema)
    if what in {"TABLES", "VIEWS"}:
        found = [item for item in unity.tables.within(schema) if what == "TABLES" or "VIEW" in item.seed.type]
        rows: list[tuple[object, ...]] = [(item.schema, item.name, False) for item in _seen(order, found)]
        return Outcome.of({"database": "STRING", "tableName": "STRING", "isTemporary": "BOOLEAN"}, rows)
    if what == "VOLUMES":
        rows = [(item.schema, item.name) for item in _seen(order, unity.volumes.within(schema))]
        return Outcome.of({"database": "STRING", "volume_name": "STRING"}, rows)
    return Outcome.of(
        {"function": "STRING"}, [(item.full_name,) for item in _seen(order, unity.functions.within(schema))]
    )


def _place(order: Order) -> str | None:
    return order.reader.name() if order.reader.accept("IN") or order.reader.accept("FROM") else None


def _named(order: Order, column: str, items: Iterable[Placed[Owned]]) -> Outcome:
    return Outcome.of({column: "STRING"}, [(item.name,) for item in _seen(order, items)])


def _seen(order: Order, items: Iterable[Placed[Owned]]) -> list[Placed[Owned]]:
    """The items that the caller may see and whose name fits the pattern behind LIKE."""
    order.reader.accept("LIKE")
    pattern = "*" if order.reader.at_end else order.reader.value()
    order.reader.end()
    wanted = re.compile(re.escape(pattern).replace(r"\*", ".*").replace("%", ".*").replace(r"\|", "|"), re.IGNORECASE)
    grants, caller = order.session.state.grants, order.session.caller
    found = [item for item in items if wanted.fullmatch(item.name) and grants.sees(caller, item)]
    return sorted(found, key=lambda item: item.name)


COMMAND = Command(heads=("SHOW",), run=_run)
