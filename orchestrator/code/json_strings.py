"""Where the strings of a JSON text stand: the one thing that the standard parser does not tell."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

Step = str | int
_LEXEME = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[\[\]{},:]', re.DOTALL)


def string_lines(text: str, *, root: str) -> Iterator[tuple[tuple[Step, ...], int]]:
    """The path and the line (from 1) of each string value below a key of the outermost object, in order.

    The text must have been parsed before, so that its brackets are known to match.
    """
    path: list[Step] = []
    awaits_key = False
    line, seen = 1, 0
    for match in _LEXEME.finditer(text):
        mark = match[0]
        if mark in "[{":
            awaits_key = mark == "{"
            path.append("" if awaits_key else 0)
        elif mark in "]}":
            del path[-1:]
            awaits_key = False
        elif mark == ",":
            awaits_key = _step_on(path)
        elif mark == ":":
            awaits_key = False
        elif awaits_key:
            path[-1] = _word(mark)
        elif path and path[0] == root:
            line += text.count("\n", seen, match.start())
            seen = match.start()
            yield tuple(path), line


def _step_on(path: list[Step]) -> bool:
    """Move to the next element of a list; whether a key comes next instead."""
    last = path[-1] if path else ""
    if isinstance(last, str):
        return True
    path[-1] = last + 1
    return False


def _word(mark: str) -> str:
    """A key without its quotes; the keys that matter here hold no escapes."""
    return mark[1:-1]
