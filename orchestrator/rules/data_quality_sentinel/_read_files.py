"""Calls of `read_files` in SQL that leave the column types to the files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.code.sql import Cursor

if TYPE_CHECKING:
    from orchestrator.code.sql import Statement, Token

_SETTLED = frozenset({"SCHEMA", "SCHEMAHINTS", "PRIMITIVESASSTRING", "INFERCOLUMNTYPES", "SCHEMALOCATION"})
_GUESSED = {"json": "JSON", "csv": "CSV"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    """One call whose types are guessed from files of that kind; offsets are in the template's text."""

    kind: str
    start: int
    end: int


def guessing_calls(statement: Statement) -> Iterator[Guess]:
    """Every batch `read_files` of JSON or CSV that names neither schema nor hints, nor asks for text alone."""
    tokens = statement.tokens
    for index, token in enumerate(tokens):
        if token.upper != "READ_FILES" or any(before.upper == "STREAM" for before in tokens[max(0, index - 2) : index]):
            continue
        cursor = Cursor(tokens, statement.template)
        cursor.index = index + 1
        inside = cursor.group()
        options = dict(_option(item.tokens) for item in inside.items()) if inside is not None else {}
        kind = _GUESSED.get(options.get("FORMAT", "").lower())
        if kind is not None and _SETTLED.isdisjoint(options):
            yield Guess(kind=kind, start=token.start, end=tokens[cursor.index - 1].end)


def _option(tokens: tuple[Token, ...]) -> tuple[str, str]:
    """The name, in upper case, and the value of an argument `name => value`; no name for a positional one."""
    named = len(tokens) > 2 and not tokens[0].value.startswith("/") and tokens[0].kind in {"word", "quoted"}
    return (tokens[0].value.upper(), tokens[-1].value) if named else ("", "")
