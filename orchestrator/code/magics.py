"""IPython magics inside Python: which lines are `%magic` or `!command`, told apart from strings and operators."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MAGIC_LINE = re.compile(r"\s*(%{1,2})([A-Za-z_][\w-]*)(?:\s+(.*))?$")
_SHELL_LINE = re.compile(r"\s*!+(?!=)(.*)$")
_ASSIGNED = re.compile(r"(\s*)([A-Za-z_]\w*)\s*=\s*([!%])([A-Za-z_./~].*)$")
_CANDIDATE = re.compile(r"^[ \t]*(?:%{1,2}[A-Za-z_]|!+[^=]|[A-Za-z_]\w*[ \t]*=[ \t]*[!%][A-Za-z_./~])", re.MULTILINE)
_LEXEME = re.compile(
    r"""\#.* | \"\"\" | ''' | "(?:\\.|[^"\\])*(?:"|\\?$) | '(?:\\.|[^'\\])*(?:'|\\?$) | [\[({] | [\])}] | \\$""",
    re.VERBOSE,
)
_CLOSERS = {'"""': re.compile(r'(?:\\.|[^"\\]|"(?!""))*"""'), "'''": re.compile(r"(?:\\.|[^'\\]|'(?!''))*'''")}


class LineMagic(NamedTuple):
    """One magic of a run of lines: where it stands (`first` and `last` count from 0), and what replaces its line."""

    first: int
    last: int
    name: str
    arguments: str
    replacement: str


def line_magics(lines: Sequence[str]) -> Iterator[LineMagic]:
    """The magics among lines of Python, in order; those inside strings, brackets and continued lines are none."""
    if not _CANDIDATE.search("\n".join(lines)):
        return
    state, index = _State(), 0
    while index < len(lines):
        found = _magic(lines[index]) if state.is_statement_start else None
        if found is None:
            state.feed(lines[index])
            index += 1
            continue
        last = index
        while lines[last].endswith("\\") and last + 1 < len(lines):
            last += 1
        name, arguments, replacement = found
        parts = [part.removesuffix("\\").strip() for part in (arguments, *lines[index + 1 : last + 1])]
        yield LineMagic(index, last, name, " ".join(parts).strip(), replacement)
        index = last + 1


def without_magics(lines: Sequence[str]) -> list[str]:
    """The same number of lines with every magic replaced by `pass`, so that Python parses and line numbers hold."""
    plain = list(lines)
    for magic in line_magics(lines):
        plain[magic.first : magic.last + 1] = [magic.replacement, *[""] * (magic.last - magic.first)]
    return plain


def _magic(line: str) -> tuple[str, str, str] | None:
    """The name, arguments and replacement of a line that is a magic, or None."""
    indent = line[: len(line) - len(line.lstrip())]
    if match := MAGIC_LINE.match(line):
        return match[2].lower(), match[3] or "", f"{indent}pass"
    if match := _SHELL_LINE.match(line):
        return "sh", match[1], f"{indent}pass"
    if match := _ASSIGNED.match(line):
        name, _, arguments = match[4].partition(" ") if match[3] == "%" else ("sh", "", match[4])
        return name.lower(), arguments, f"{indent}{match[2]} = None"
    return None


class _State:
    """Where a reader of Python lines stands: inside a string, inside brackets, after a backslash, or at a statement."""

    def __init__(self) -> None:
        self._quote = ""
        self._depth = 0
        self._is_continued = False

    @property
    def is_statement_start(self) -> bool:
        return not (self._quote or self._depth or self._is_continued)

    def feed(self, line: str) -> None:
        self._is_continued = False
        place = self._after_quote(line)
        while match := _LEXEME.search(line, place):
            place = self._take(match[0], line, match.end())

    def _after_quote(self, line: str, place: int = 0) -> int:
        """Where the open string ends on this line; the line's end when it stays open."""
        if not self._quote:
            return place
        closing = _CLOSERS[self._quote].match(line, place)
        if closing is None:
            return len(line)
        self._quote = ""
        return closing.end()

    def _take(self, lexeme: str, line: str, end: int) -> int:
        if lexeme in _CLOSERS:
            self._quote = lexeme
            return self._after_quote(line, end)
        if lexeme in "([{":
            self._depth += 1
        elif lexeme in ")]}":
            self._depth = max(0, self._depth - 1)
        elif lexeme == "\\":
            self._is_continued = True
        return end
