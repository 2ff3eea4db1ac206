"""Cut the tokens of a unit into statements: at `;`, with SQL scripts (`BEGIN ... END`) taken apart as well."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from orchestrator.code.sql.kinds import HEADS
from orchestrator.code.sql.tokens import Token

_OPENERS: Final = frozenset(("BEGIN", "THEN", "ELSE", "DO", "LOOP", "REPEAT"))
_AFTER_END: Final = frozenset(("IF", "WHILE", "LOOP", "REPEAT", "FOR"))
_TRANSACTION: Final = frozenset(("TRANSACTION", "TRAN", "WORK", ";"))


class Slice(NamedTuple):
    """The tokens of one statement; `nested` ones stand inside the script before them."""

    tokens: tuple[Token, ...]
    nested: bool = False


def split(tokens: tuple[Token, ...]) -> Iterator[Slice]:
    """The statements in order; a script comes whole and then once more statement by statement."""
    begin, index, depth = 0, 0, 0
    while index < len(tokens):
        upper = tokens[index].upper
        if _begins_script(tokens, begin, index) or (depth and upper == "CASE"):
            depth += 1
        elif depth and upper == "END":
            depth -= _following(tokens, index) not in _AFTER_END
            index += _following(tokens, index) == "CASE"
        elif not depth and upper == ";":
            yield from _slices(tokens[begin:index])
            begin = index + 1
        index += 1
    yield from _slices(tokens[begin:])


def _following(tokens: tuple[Token, ...], index: int) -> str:
    return tokens[index + 1].upper if index + 1 < len(tokens) else ";"


def _begins_script(tokens: tuple[Token, ...], begin: int, index: int) -> bool:
    """A BEGIN that opens a block: the statement's head, or the body of a procedure."""
    if tokens[index].upper != "BEGIN" or _following(tokens, index) in _TRANSACTION:
        return False
    previous = tokens[index - 1].upper if index > begin else ";"
    return previous in (";", ":", "THEN", "ELSE", "DO", "LOOP", "AS", "BEGIN", "SQL", "INVOKER", "DEFINER", ")", "DATA")


def _slices(tokens: tuple[Token, ...]) -> Iterator[Slice]:
    if not tokens:
        return
    yield Slice(tokens)
    start = next((index for index in range(len(tokens)) if _begins_script(tokens, 0, index)), None)
    if start is not None:
        yield from _nested(tokens, start + 1)


def _nested(tokens: tuple[Token, ...], start: int) -> Iterator[Slice]:
    """The statements inside a script; what is only control flow is left out."""
    begin, cases = start, 0
    for index in range(start, len(tokens)):
        upper = tokens[index].upper
        if upper == "CASE" and tokens[index - 1].upper != "END":
            cases += 1
        elif upper == "END" and cases:
            cases -= 1
        elif cases == 0 and _cuts(tokens, begin, index):
            yield from _statement(tokens[begin:index])
            begin = index + 1
    yield from _statement(tokens[begin:])


def _cuts(tokens: tuple[Token, ...], begin: int, index: int) -> bool:
    upper = tokens[index].upper
    if upper == ";":
        return True
    return upper in _OPENERS and tokens[begin].upper not in ("MERGE", "WITH")


def _statement(tokens: tuple[Token, ...]) -> Iterator[Slice]:
    if tokens and tokens[0].upper in HEADS:
        yield Slice(tokens, nested=True)
