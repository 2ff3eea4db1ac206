"""Tags that the SQL of a project sets on tables, columns and other securables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.code.sql import AlterTable, Cursor
from orchestrator.code.statements import statements_with

if TYPE_CHECKING:
    from orchestrator.code.facts import Facts
    from orchestrator.code.sql import Statement, TableName

_SECURABLES = ("CATALOG", "SCHEMA", "TABLE", "VIEW", "VOLUME", "FUNCTION", "MODEL")


@dataclass(frozen=True, slots=True, kw_only=True)
class TagUse:
    """One tag that is set; `column` is None where the whole securable is tagged.

    `has_hole` says that key or value is told by the host. `start` and `end` are offsets of the key in the template.
    """

    key: str
    value: str
    securable: TableName | None
    column: str | None
    statement: Statement
    has_hole: bool
    start: int
    end: int


def tag_uses(facts: Facts) -> Iterator[TagUse]:
    """Every tag that is set with `ALTER ... SET TAGS (...)` or `SET TAG ON ...`."""
    for statement in statements_with(facts, "set tag"):
        if isinstance(statement.details, AlterTable):
            yield from _altered(statement, statement.details)
        elif statement.kind == "SET TAG":
            yield from _set(statement)


def _altered(statement: Statement, details: AlterTable) -> Iterator[TagUse]:
    for key, value in details.tags:
        token = next((each for each in statement.tokens if each.value == key and each.kind != "operator"), None)
        start, end = (token.start, token.end) if token is not None else (statement.start, statement.end)
        yield TagUse(
            key=key,
            value=value,
            securable=details.table,
            column=details.tag_column,
            statement=statement,
            has_hole=bool(statement.template.holes_in(start, end)) or token is None,
            start=start,
            end=end,
        )


def _set(statement: Statement) -> Iterator[TagUse]:
    """`SET TAG ON type name key [= value]`; the last part of a column's name is the column."""
    cursor: Cursor = statement.cursor()
    cursor.take("ON")
    is_column = cursor.take("COLUMN")
    if not is_column:
        cursor.take_any(*_SECURABLES)
    named = cursor.name()
    key = cursor.next()
    if named is None or key is None or key.kind == "operator":
        return
    value = cursor.next() if cursor.take("=") else None
    yield TagUse(
        key=key.value,
        value=value.value if value is not None else "",
        securable=_without_last(named) if is_column else named,
        column=named.parts[-1] if is_column and named.parts else None,
        statement=statement,
        has_hole=bool(statement.template.holes_in(key.start, key.end)),
        start=key.start,
        end=key.end,
    )


def _without_last(name: TableName) -> TableName:
    from dataclasses import replace

    return replace(name, parts=name.parts[:-1])
