"""Reads a brief: the lines of a text that begin with a known word and a colon; the others are shown and not used."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from orchestrator.code.opening import read_bounded
from orchestrator.errors import UsageError

MAX_BYTES = 100_000
_LINE = re.compile(r"\s*(?:[-*]\s+)?([A-Za-z][A-Za-z ]{1,20}):\s+(.+?)\s*")
_KEY = re.compile(r"(\w+) = (\w+(?:, ?\w+)*)")
_EVERY = re.compile(r"(\d{1,3}) hours?")
_RESULT = re.compile(r"(\w+) from (\w+)(?: where (?P<where>.+?))? by (?P<by>.+?): (?P<measures>.+)")
_NAMED = re.compile(r"(.+) as (\w+)", re.IGNORECASE)
_ONE_LINERS = ("readers", "question", "oldest", "if wrong")


@dataclass(frozen=True, kw_only=True)
class Named:
    """An expression with its name."""

    name: str
    expression: str


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A result that the brief asks for: groups and measures over a table."""

    name: str
    reads: str
    where: str | None
    groups: tuple[Named, ...]
    measures: tuple[Named, ...]


@dataclass(frozen=True, kw_only=True)
class Brief:
    """What is wanted."""

    said: Mapping[str, str] = field(default_factory=dict)
    """readers, question, oldest, if wrong"""
    sources: tuple[str, ...] = ()
    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    results: tuple[Wanted, ...] = ()
    every_hours: int | None = None
    others: tuple[str, ...] = ()
    """lines that no part of the plan is made of"""


def read_brief(path: Path) -> Brief:
    """The brief in a file.

    Raises:
        UsageError: it cannot be read, or a line that begins with a known word has another form than that word's.
    """
    found = read_bounded(path, MAX_BYTES)
    if isinstance(found, OSError):
        raise UsageError(f"the brief {str(path)!r} cannot be read ({found.strerror})")
    lines = found.decode("utf-8", errors="replace").splitlines()
    words = [(number, *_split(line)) for number, line in enumerate(lines, start=1) if line.strip()]
    return Brief(
        said={word: text for _, word, text in words if word in _ONE_LINERS},
        sources=tuple(text for _, word, text in words if word == "source"),
        keys=dict(_key(path, number, text) for number, word, text in words if word == "key"),
        results=tuple(_result(path, number, text) for number, word, text in words if word == "result"),
        every_hours=next((_hours(path, number, text) for number, word, text in words if word == "every"), None),
        others=tuple(text for _, word, text in words if not word),
    )


def _split(line: str) -> tuple[str, str]:
    """The known word that the line begins with, and the rest; no word where it begins with none."""
    found = _LINE.fullmatch(line)
    word = found[1].lower() if found else ""
    known = word in {*_ONE_LINERS, "source", "key", "result", "every"}
    return (word, found[2]) if found and known else ("", line.strip())


def _key(path: Path, number: int, text: str) -> tuple[str, tuple[str, ...]]:
    found = _KEY.fullmatch(text)
    if found is None:
        raise _no(path, number, "Key", text, "orders = order_id, line_number")
    return found[1], tuple(name.strip() for name in found[2].split(","))


def _hours(path: Path, number: int, text: str) -> int:
    found = _EVERY.fullmatch(text)
    if found is None or not 1 <= int(found[1]) <= 168:
        raise _no(path, number, "Every", text, "6 hours, at most 168")
    return int(found[1])


def _result(path: Path, number: int, text: str) -> Wanted:
    found = _RESULT.fullmatch(text)
    form = "daily_revenue from orders by to_date(ordered_at) as day: sum(amount) as revenue, count(*) as orders"
    if found is None:
        raise _no(path, number, "Result", text, form)
    parts = [[_named(piece) for piece in _pieces(found[name])] for name in ("by", "measures")]
    groups, measures = ([each for each in part if each is not None] for part in parts)
    if not groups or not measures or any(None in part for part in parts):
        raise _no(path, number, "Result", text, form)
    return Wanted(name=found[1], reads=found[2], where=found["where"], groups=tuple(groups), measures=tuple(measures))


def _pieces(text: str) -> Iterator[str]:
    """The text cut at commas outside of brackets."""
    depth, begun = 0, 0
    for at, sign in enumerate(text):
        depth += {"(": 1, ")": -1}.get(sign, 0)
        if sign == "," and depth == 0:
            yield text[begun:at].strip()
            begun = at + 1
    yield text[begun:].strip()


def _named(piece: str) -> Named | None:
    found = _NAMED.fullmatch(piece)
    if found:
        return Named(name=found[2], expression=found[1].strip())
    return Named(name=piece, expression=piece) if piece.isidentifier() else None


def _no(path: Path, number: int, word: str, text: str, form: str) -> UsageError:
    return UsageError(f"{path}:{number}: {word}: {text[:80]!r} cannot be read; write such as `{word}: {form}`")
