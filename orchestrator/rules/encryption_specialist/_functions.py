"""Calls of the AES functions in SQL, told from tokens, with their arguments."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.code.sql import Cursor

if TYPE_CHECKING:
    from orchestrator.code.facts import Facts
    from orchestrator.code.sql import SqlUnit, Token

_NAMES = frozenset({"AES_ENCRYPT", "AES_DECRYPT", "TRY_AES_DECRYPT"})

_DECODERS = frozenset({"UNHEX", "UNBASE64", "TO_BINARY", "BINARY"})


@dataclass(frozen=True, slots=True, kw_only=True)
class AesCall:
    """One call; `arguments` are the tokens of each argument, offsets are in the template's text."""

    name: str
    arguments: tuple[tuple[Token, ...], ...]
    start: int
    end: int


def aes_calls(unit: SqlUnit) -> Iterator[AesCall]:
    """Every call of an AES function in a unit, in order."""
    if "aes_" not in unit.template.text.lower():
        return
    for statement in unit.statements:
        cursor = Cursor(statement.tokens, statement.template)
        for index, token in enumerate(statement.tokens):
            if token.upper not in _NAMES or cursor.ahead(index + 1) != "(":
                continue
            inside = Cursor(statement.tokens, statement.template)
            inside.index = index + 1
            group = inside.group()
            items = group.items() if group is not None else []
            yield AesCall(
                name=token.value.lower(),
                arguments=tuple(item.tokens for item in items),
                start=token.start,
                end=statement.tokens[inside.index - 1].end,
            )


def literal_argument(unit: SqlUnit, facts: Facts, call: AesCall, place: int) -> str | None:
    """The value of an argument that is a literal, as it is or inside one call that decodes it (`unhex('00')`)."""
    tokens = call.arguments[place] if place < len(call.arguments) else ()
    inner = tokens[2:-1] if len(tokens) == 4 and tokens[0].upper in _DECODERS and tokens[1].upper == "(" else tokens
    if len(inner) == 2 and inner[0].upper == "X" and inner[1].kind == "string":
        inner = inner[1:]
    return _literal(unit, facts, inner)


def argument_text(unit: SqlUnit, facts: Facts, call: AesCall, place: int) -> str | None:
    """The value of an argument that is a literal: written there, or put there by a constant of the Python host."""
    return _literal(unit, facts, call.arguments[place] if place < len(call.arguments) else ())


def _literal(unit: SqlUnit, facts: Facts, tokens: tuple[Token, ...]) -> str | None:
    if len(tokens) != 1 or tokens[0].kind != "string":
        return None
    holes = unit.template.holes_in(tokens[0].start, tokens[0].end)
    if not holes:
        return tokens[0].value
    file = facts.project.python_by_path.get(unit.path)
    if file is None or len(holes) > 1 or holes[0].node is None:
        return None
    return file.string(holes[0].node)
