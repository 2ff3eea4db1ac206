"""ALTER TABLE statements that take a name away: dropped and renamed columns, renamed tables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.code.sql import AlterTable, Cursor
from orchestrator.code.statements import statements_with
from orchestrator.code.tables import is_resolved, normalised

if TYPE_CHECKING:
    from orchestrator.code.facts import Facts
    from orchestrator.code.sql import Statement


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal:
    """One name that is gone after a statement, or from it since the base; `column` is None for a renamed table."""

    statement: Statement
    table: str
    column: str | None
    new_name: str | None = None


def removals(facts: Facts) -> Iterator[Removal]:
    """Every column that is dropped or renamed, and every table that is renamed, under a name that tells the table."""
    for statement in (*statements_with(facts, "alter", "drop"), *statements_with(facts, "alter", "rename")):
        details = statement.details if statement.kind in {"ALTER TABLE", "ALTER VIEW"} else None
        if not isinstance(details, AlterTable) or details.table is None or details.rest is None:
            continue
        table = normalised(statement.template.source_of(details.table.start, details.table.end))
        if is_resolved(table):
            yield from _removed(statement, table, Cursor(details.rest.tokens, statement.template))


def added_columns(facts: Facts) -> frozenset[tuple[str, str]]:
    """The tables and columns of every ADD COLUMN: what comes back is not gone."""
    found: set[tuple[str, str]] = set()
    for statement in statements_with(facts, "alter", "add"):
        details = statement.details if statement.kind == "ALTER TABLE" else None
        if isinstance(details, AlterTable) and details.table is not None and details.rest is not None:
            table = normalised(statement.template.source_of(details.table.start, details.table.end))
            cursor = Cursor(details.rest.tokens, statement.template)
            if cursor.take("ADD", "COLUMN") or cursor.take("ADD", "COLUMNS"):
                found.update((table, name) for name in _names(cursor))
    return frozenset(found)


def _removed(statement: Statement, table: str, cursor: Cursor) -> Iterator[Removal]:
    if cursor.take("DROP", "COLUMN") or cursor.take("DROP", "COLUMNS"):
        cursor.take("IF", "EXISTS")
        for name in _names(cursor):
            yield Removal(statement=statement, table=table, column=name)
    elif cursor.take("RENAME", "COLUMN"):
        old = cursor.identifier()
        if old is not None and cursor.take("TO"):
            yield Removal(statement=statement, table=table, column=old.lower(), new_name=cursor.identifier())
    elif cursor.take("RENAME", "TO"):
        new = cursor.name()
        if new is not None and new.is_resolved:
            yield Removal(statement=statement, table=table, column=None, new_name=new.qualified)


def _names(cursor: Cursor) -> tuple[str, ...]:
    """The first word of each item, in brackets or not: a column's name, in lower case; no field of a struct."""
    inner = cursor.group() if cursor.upper == "(" else cursor
    items = inner.items() if inner is not None else []
    names = ((item.identifier(), item.upper) for item in items)
    return tuple(name.lower() for name, after in names if name is not None and after != ".")
