"""Where the strings and lists of a JSON text stand: the one thing that the standard parser does not tell."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

Step = str | int
_LEXEME = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[\[\]{},:]', re.DOTALL)


class Span(NamedTuple):
    """A run of characters of a text: lines and columns count from 1, the end column is exclusive."""

    start_line: int
    start_column: int
    end_line: int
    end_column: int


def string_lines(text: str, *, root: str) -> Iterator[tuple[tuple[Step, ...], int]]:
    """The path and the line (from 1) of each string value below a key of the outermost object, in order.

    The text must have been parsed before, so that its brackets are known to match.
    """
    line, seen = 1, 0
    for path, match in _values(text):
        if path[0] == root and match[0] not in "[]":
            line += text.count("\n", seen, match.start())
            seen = match.start()
            yield tuple(path), line


def list_spans(text: str, *, root: str, key: str) -> Iterator[tuple[tuple[Step, ...], Span]]:
    """The path and the place, brackets included, of each list with this key below a key of the outermost object.

    The text must have been parsed before, so that its brackets are known to match.
    """
    reader = _Reader(text)
    opened: list[tuple[int, int]] = []
    for path, match in _values(text):
        if path[0] != root or path[-1] != key or match[0] not in "[]":
            continue
        if match[0] == "[":
            opened.append(reader.place(match.start()))
        else:
            yield tuple(path), Span(*opened.pop(), *reader.place(match.end()))


@dataclass
class _Reader:
    """Counts the lines of a text from one place to a later one, so that no character is looked at twice."""

    text: str
    line: int = 1
    line_start: int = 0
    seen: int = 0

    def place(self, offset: int) -> tuple[int, int]:
        """The line and the column of an offset that is not before the last one."""
        newlines = self.text.count("\n", self.seen, offset)
        if newlines:
            self.line += newlines
            self.line_start = self.text.rfind("\n", self.seen, offset) + 1
        self.seen = offset
        return self.line, offset - self.line_start + 1


def _values(text: str) -> Iterator[tuple[list[Step], re.Match[str]]]:
    """Each string value, and each bracket of a list that is a value, with its path, which is one list that changes."""
    path: list[Step] = []
    awaits_key = False
    for match in _LEXEME.finditer(text):
        mark = match[0]
        if mark == "{":
            awaits_key = True
            path.append("")
        elif mark == ",":
            awaits_key = _step_on(path)
        elif mark == ":":
            awaits_key = False
        elif awaits_key and mark != "}":
            path[-1] = _word(mark)
        else:
            awaits_key = False
            yield from _value(path, match)


def _value(path: list[Step], match: re.Match[str]) -> Iterator[tuple[list[Step], re.Match[str]]]:
    """A string or a bracket as a value, where it has a path; the path leads into an opened list, or out of a closed."""
    mark = match[0]
    if mark in "]}":
        del path[-1:]
    if path and mark != "}":
        yield path, match
    if mark == "[":
        path.append(0)


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
