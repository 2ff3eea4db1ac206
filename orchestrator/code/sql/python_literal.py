"""Python string literals read from the source, so that every character of their value keeps its line and column.

The syntax tree gives values without places, and before Python 3.12 no places inside f-strings: so the literal is read
again here, and believed only when it yields the very value of the tree.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Sequence
from typing import Final

from orchestrator.code.sql.template import Piece, moved

_OPENING = re.compile(r"""(?P<prefix>[rRbBuUfF]{0,2})(?P<quote>\"\"\"|'''|"|')""")
_BETWEEN = re.compile(r"(?:\s|\\\n|#[^\n]*)*+")
_STEP = re.compile(
    r"(?P<run>[^\\{}\"']+)"
    r"|(?P<escape>\\(?:[0-7]{1,3}|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|N\{[^{}]*\}|.))"
    r"|(?P<brace>\{\{|\}\}|\{)"
    r"|(?P<other>.)",
    re.DOTALL,
)
_ESCAPES: Final = {
    "\n": "",
    "\\": "\\",
    "'": "'",
    '"': '"',
    "a": "\a",
    "b": "\b",
    "f": "\f",
    "n": "\n",
    "r": "\r",
    "t": "\t",
    "v": "\v",
}
_NESTING: Final = {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}


def literal_pieces(node: ast.Constant | ast.JoinedStr, lines: Sequence[str]) -> list[Piece] | None:
    """The literal's text and, for an f-string, its expressions, each at its place; None when they cannot be placed.

    The expressions come as pieces of kind "expression", in the order of the tree and without their nodes.
    """
    try:
        pieces = _Reading(node, lines).run()
    except _UnreadableError:
        return None
    return pieces if _values(pieces) == _expected(node) else None


def _expected(node: ast.Constant | ast.JoinedStr) -> list[str | None]:
    """The text runs of the tree; None stands for an expression."""
    if isinstance(node, ast.Constant):
        return [node.value] if isinstance(node.value, str) and node.value else []
    return [
        part.value if isinstance(part, ast.Constant) and isinstance(part.value, str) else None for part in node.values
    ]


def _values(pieces: list[Piece]) -> list[str | None]:
    values: list[str | None] = []
    run: list[str] = []
    for piece in pieces:
        if piece.kind is None:
            run.append(piece.text)
            continue
        if run:
            values.append("".join(run))
            run = []
        values.append(None)
    if run:
        values.append("".join(run))
    return values


class _UnreadableError(Exception):
    """The source does not hold the literal that the tree says it holds."""


class _Reading:
    """One pass over the source of one literal, adjacent literals included."""

    def __init__(self, node: ast.expr, lines: Sequence[str]) -> None:
        self.line = node.lineno
        self.raw, self.column = _segment(node, lines)
        self.pieces: list[Piece] = []
        self.position = 0
        self.mark = (0, self.line, self.column)

    def run(self) -> list[Piece]:
        """The pieces of all adjacent literals."""
        while self.position < len(self.raw):
            opening = _OPENING.match(self.raw, self.position)
            if opening is None:
                raise _UnreadableError
            self.position = opening.end()
            self._literal(opening["quote"], opening["prefix"].lower())
            between = _BETWEEN.match(self.raw, self.position)
            self.position = between.end() if between else self.position
        return self.pieces

    def _literal(self, quote: str, prefix: str) -> None:
        begin = self.position
        while not self.raw.startswith(quote, self.position):
            step = _STEP.match(self.raw, self.position)
            if step is None:
                raise _UnreadableError
            ends_run = (step.lastgroup == "escape" and "r" not in prefix) or (
                step.lastgroup == "brace" and "f" in prefix
            )
            if not ends_run:
                self.position = step.end() if step.lastgroup != "brace" else step.start() + 1
                continue
            self._text(begin, self.position)
            begin = self._special(step)
        self._text(begin, self.position)
        self.position += len(quote)

    def _special(self, step: re.Match[str]) -> int:
        """Add what an escape, a doubled brace or an expression stands for, and say where plain text goes on."""
        self.position = step.end()
        if step.lastgroup == "escape":
            self._decoded(step.start(), step.end(), _unescaped(step.group()))
        elif step.group() != "{":
            self._decoded(step.start(), step.end(), step.group()[0])
        else:
            self._expression(step.start())
        return self.position

    def _expression(self, start: int) -> None:
        name_end, self.position = _expression_end(self.raw, start + 1)
        line, column = self._place(start)
        end_line, end_column = self._place(self.position)
        self.pieces.append(
            Piece(
                text=self.raw[start + 1 : name_end].strip(),
                line=line,
                column=column,
                end_line=end_line,
                end_column=end_column,
                kind="expression",
            )
        )

    def _text(self, start: int, end: int) -> None:
        if start < end:
            self._add(start, end, self.raw[start:end], verbatim=True)

    def _decoded(self, start: int, end: int, text: str) -> None:
        if text:
            self._add(start, end, text, verbatim=False)

    def _add(self, start: int, end: int, text: str, *, verbatim: bool) -> None:
        line, column = self._place(start)
        end_line, end_column = self._place(end)
        self.pieces.append(
            Piece(text=text, line=line, column=column, end_line=end_line, end_column=end_column, verbatim=verbatim)
        )

    def _place(self, offset: int) -> tuple[int, int]:
        """The line and column of an offset of the raw text; offsets are asked for in rising order."""
        start, line, column = self.mark
        line, column = moved(line, column, self.raw, start, offset)
        self.mark = (offset, line, column)
        return line, column


def _segment(node: ast.expr, lines: Sequence[str]) -> tuple[str, int]:
    """The source of the node and the column, from 1, at which it begins."""
    first, last = node.lineno - 1, (node.end_lineno or node.lineno) - 1
    if not 0 <= first <= last < len(lines):
        raise _UnreadableError
    begin = _characters(lines[first], node.col_offset)
    end = _characters(lines[last], node.end_col_offset or 0)
    if first == last:
        return lines[first][begin:end], begin + 1
    return "\n".join([lines[first][begin:], *lines[first + 1 : last], lines[last][:end]]), begin + 1


def _characters(line: str, octets: int) -> int:
    """The tree counts columns in UTF-8 octets."""
    if line.isascii():
        return octets
    return len(line.encode("utf-8", "surrogatepass")[:octets].decode("utf-8", "ignore"))


def _unescaped(escape: str) -> str:
    letter = escape[1]
    if letter in _ESCAPES:
        return _ESCAPES[letter]
    if letter in "01234567":
        return chr(int(escape[1:], 8))
    if letter in "xuU" and escape[2:]:
        return _character(int(escape[2:], 16))
    # A named character is rare in SQL: the mismatch makes the caller place the literal as a whole.
    return escape


def _character(code: int) -> str:
    return chr(code) if code <= sys.maxunicode else ""


def _expression_end(raw: str, start: int) -> tuple[int, int]:
    """Where the expression that begins at `start` ends, and the offset after its closing brace."""
    depth, position, name_end = 0, start, -1
    while position < len(raw):
        letter = raw[position]
        if depth == 0 and letter == "}":
            return (name_end if name_end >= 0 else position), position + 1
        if name_end < 0 and letter in "\"'":
            position = _string_end(raw, position)
            continue
        if (
            depth == 0
            and name_end < 0
            and (letter == ":" or (letter == "!" and raw[position + 1 : position + 2] != "="))
        ):
            name_end = position
        depth += _NESTING.get(letter, 0)
        position += 1
    raise _UnreadableError


def _string_end(raw: str, start: int) -> int:
    opening = _OPENING.match(raw, start)
    quote = opening["quote"] if opening else raw[start]
    position = start + len(quote)
    while position < len(raw) and not raw.startswith(quote, position):
        position += 2 if raw[position] == "\\" else 1
    return position + len(quote)
