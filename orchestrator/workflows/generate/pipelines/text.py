"""Texts as ruff and a person would write them: literals that are closed, lines that are short."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

WIDTH = 120


def literal(text: str) -> str:
    """A Python string in double quotes; the model has refused what would end it."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def entry(before: str, text: str, indent: int, after: str = ",") -> list[str]:
    """The lines of `before"text"after`, the string in pieces where it would be longer than a line."""
    pad = " " * indent
    line = f"{pad}{before}{literal(text)}{after}"
    if len(line) <= WIDTH:
        return [line]
    pieces = _pieces(text, WIDTH - indent - 6)
    return [f"{pad}{before}(", *(f"{pad}    {literal(piece)}" for piece in pieces), f"{pad}){after}"]


def call(before: str, arguments: Iterable[str], indent: int, *, room: int = 0) -> list[str]:
    """The lines of a call, on one line where it and `room` more characters fit."""
    pad, given = " " * indent, list(arguments)
    line = f"{pad}{before}({', '.join(given)})"
    if len(line) + room <= WIDTH:
        return [line]
    inner = f"{pad}    {', '.join(given)}"
    if len(inner) <= WIDTH:
        return [f"{pad}{before}(", inner, f"{pad})"]
    return [f"{pad}{before}(", *(f"{pad}    {each}," for each in given), f"{pad})"]


def docstring(text: str, indent: int = 4) -> list[str]:
    """The lines of a docstring."""
    pad = " " * indent
    line = f'{pad}"""{text}"""'
    if len(line) <= WIDTH:
        return [line]
    first, *more = wrapped(text, WIDTH - indent - 4)
    return [f'{pad}"""{first}', *(f"{pad}{each}" for each in more), f'{pad}"""']


def strings(names: Sequence[str]) -> str:
    """A list of strings as Python writes it."""
    return "[" + ", ".join(map(literal, names)) + "]"


def sql_string(text: str) -> str:
    """A SQL string."""
    return "'" + text.replace("'", "''") + "'"


def wrapped(text: str, width: int) -> list[str]:
    """The words of a text in lines."""
    return [piece.rstrip() for piece in _pieces(text, width)]


def _pieces(text: str, width: int) -> list[str]:
    """The text cut after spaces, nothing lost; a word longer than the width stays whole."""
    pieces, current = [], ""
    for word in text.split(" "):
        if current and len(current) + len(word) > width:
            pieces.append(current)
            current = ""
        current += f"{word} "
    pieces.append(current[:-1])
    return pieces
