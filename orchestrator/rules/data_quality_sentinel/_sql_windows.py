"""Windows in SQL that number the rows of a key in no order at all."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from orchestrator.rules.data_quality_sentinel._windows import RANDOM, Unordered

if TYPE_CHECKING:
    from orchestrator.code.sql import Cursor, Statement

_DIRECTIONS = frozenset({"ASC", "DESC", "NULLS", "FIRST", "LAST"})
_FIRST = re.compile(r"(=|<=)\s*1\b|<\s*2\b")
_CONSTANT = re.compile(r"^\(?\s*(select\s+)?(null|\d+|'[^']*'|true|false)\s*\)?$", re.IGNORECASE)


def sql_numberings(statement: Statement) -> Iterator[Unordered]:
    """Every `row_number() OVER (PARTITION BY ... ORDER BY ...)` without an order, where the first row is kept."""
    if not _FIRST.search(statement.text):
        return
    from orchestrator.code.sql import Cursor

    for index, token in enumerate(statement.tokens):
        if token.upper != "ROW_NUMBER":
            continue
        cursor = Cursor(statement.tokens, statement.template)
        cursor.index = index + 1
        cursor.group()
        inner = cursor.group() if cursor.take("OVER") else None
        found = _unordered(inner) if inner is not None else None
        if found is not None:
            last = statement.tokens[min(cursor.index, len(statement.tokens)) - 1]
            yield found._replace(start=token.start, end=last.end)


def _unordered(window: Cursor) -> Unordered | None:
    if not window.take("PARTITION", "BY"):
        return None
    keys = window.until("ORDER")
    if keys is None or keys.holes or not window.take("ORDER", "BY"):
        return None
    order = window.until("ROWS", "RANGE")
    if order is None or order.holes:
        return None
    known = {part.strip().lower() for part in keys.text.split(",")}
    parts = [_plain(part) for part in order.text.split(",")]
    if all(_CONSTANT.match(part) or _is_random(part) or part in known for part in parts):
        return Unordered(keys.text, order.text)
    return None


def _plain(part: str) -> str:
    """One element of an ORDER BY without its direction, in lower case."""
    words = part.strip().split()
    while words and words[-1].upper() in _DIRECTIONS:
        words.pop()
    return " ".join(words).lower()


def _is_random(part: str) -> bool:
    name, _, arguments = part.partition("(")
    if name.strip() in {"rand", "randn", "random"}:
        return arguments.strip() == ")"
    return name.strip() in RANDOM and (part.endswith(")") or part.startswith("current_"))
