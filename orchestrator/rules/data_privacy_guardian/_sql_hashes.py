"""Hash functions over personal columns in SQL, told from tokens."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.code.personal import personal_kind
from orchestrator.code.sql import CreateFunction, Cursor
from orchestrator.rules.data_privacy_guardian._hashes import HASHES

if TYPE_CHECKING:
    from orchestrator.code.sql import SqlUnit, Statement, Token

_NAMES = frozenset(name.upper() for name in HASHES)
_NORMALISING = frozenset({"LOWER", "UPPER", "TRIM", "LTRIM", "RTRIM", "CAST", "AS", "STRING", "COALESCE", "VARCHAR",
                          "BINARY"})  # fmt: skip
_BITS = frozenset({"0", "224", "256", "384", "512"})


@dataclass(frozen=True, slots=True, kw_only=True)
class SqlHash:
    """A hash of one personal column and the name that it is given; offsets are in the template's text."""

    function: str
    column: str
    written: str
    start: int
    end: int


def hashes_in_sql(unit: SqlUnit) -> Iterator[SqlHash]:
    """Every hash of one personal column in a unit, with nothing beside it."""
    text = unit.template.text.lower()
    if not any(name in text for name in HASHES):
        return
    for statement in unit.statements:
        tokens = statement.tokens
        for index, token in enumerate(tokens[:-1]):
            if token.upper in _NAMES and tokens[index + 1].upper == "(" and not _is_definition(tokens, index):
                yield from _hash(statement, index)


def _is_definition(tokens: tuple[Token, ...], index: int) -> bool:
    return index > 0 and tokens[index - 1].upper in {"FUNCTION", "."}


def _hash(statement: Statement, index: int) -> Iterator[SqlHash]:
    cursor = Cursor(statement.tokens, statement.template)
    cursor.index = index + 1
    inside = cursor.group()
    column = _column(inside.tokens) if inside is not None else None
    if column is None:
        return
    written = _written(statement, cursor)
    if written is not None:
        first = statement.tokens[index]
        yield SqlHash(
            function=first.value.lower(),
            column=column,
            written=written,
            start=first.start,
            end=statement.tokens[cursor.index - 1].end,
        )


def _column(tokens: tuple[Token, ...]) -> str | None:
    """The one personal column among an argument's tokens, where all others only normalise it."""
    names: list[str] = []
    for index, token in enumerate(tokens):
        followed = tokens[index + 1].upper if index + 1 < len(tokens) else ""
        if token.kind == "quoted" or (token.kind == "word" and token.upper not in _NORMALISING and followed != "."):
            names.append(token.value)
        elif not _is_filling(token):
            return None
    return names[0] if len(names) == 1 and personal_kind(names[0]) else None


def _is_filling(token: Token) -> bool:
    """Whether a token adds nothing to what is hashed: brackets, words that normalise, the length of the hash."""
    if token.kind == "number":
        return token.text in _BITS
    if token.kind == "string":
        return not token.value
    return token.kind == "word" or (token.kind == "operator" and token.text in {"(", ")", ",", "."})


def _written(statement: Statement, cursor: Cursor) -> str | None:
    """The alias after the call; the function's name where the call stands in a masking function's body."""
    if cursor.take("AS"):
        return cursor.identifier()
    details = statement.details if statement.kind == "CREATE FUNCTION" else None
    if isinstance(details, CreateFunction) and details.name is not None:
        return details.name.table
    return None
