"""The fenced code of a markdown text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_OPENING = re.compile(r"^(?P<indent> *)(?P<ticks>`{3,})(?P<language>[\w+-]*)")


class Fence(NamedTuple):
    """One block: its language (empty when none is named), its text, and the line of its first line of code."""

    language: str
    text: str
    line: int


def fences(text: str, first_line: int = 1) -> Iterator[Fence]:
    """The blocks of a text that begins at a line of its file."""
    lines = iter(enumerate(text.splitlines(), start=first_line))
    for _, line in lines:
        opening = _OPENING.match(line)
        if opening is None:
            continue
        inside: list[str] = []
        start = 0
        for number, inner in lines:
            start = start or number
            if inner.strip().startswith(opening["ticks"]) and not inner.strip().strip("`"):
                break
            inside.append(inner.removeprefix(opening["indent"]))
        yield Fence(opening["language"].lower(), "\n".join(inside) + "\n", start)
