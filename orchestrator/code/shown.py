"""A file as a model is shown it: numbered lines with credentials masked and invisible characters spelled out.

The numbers are those of the file on disk. A model can quote only what it saw, so the lines keep both forms: what
stands on disk, and what was shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from orchestrator.code.scrubbing import scrubbed
from orchestrator.code.source import Origin, SourceFile
from orchestrator.code.visible import visible

MAX_LINE = 1_000
"""Characters of one line that are shown; the rest is cut, and the cut is said."""
MARGIN = "| "
"""What stands between a line's number and its text."""
_NUMBER = re.compile(r"[ \t]*\d{1,7}\|(?: |$)")


class ShownLine(NamedTuple):
    """One line: its number on disk, its notebook cell, its text as it stands, masked, and as it is shown."""

    number: int
    cell: int | None
    raw: str
    masked: str
    text: str

    @property
    def is_cut(self) -> bool:
        """Whether only its beginning is shown."""
        return len(self.text) > MAX_LINE


@lru_cache(maxsize=64)
def shown_lines(source: SourceFile) -> tuple[ShownLine, ...]:
    """All lines of a file; of a Jupyter notebook those of its cells, with the lines of the .ipynb file."""
    safe = scrubbed(source.text).split("\n")
    if len(safe) != len(source.lines):
        safe = [scrubbed(line) for line in source.lines]
    origins = source.origins if source.origins is not None and source.is_jupyter else None
    places = origins or tuple(Origin(number, None) for number in range(1, len(source.lines) + 1))
    return tuple(
        ShownLine(place.line, place.cell, raw, hidden, _cut(visible(hidden)))
        for place, raw, hidden in zip(places, source.lines, safe, strict=False)
    )


def numbered(lines: Iterable[ShownLine]) -> str:
    """The lines as a model reads them, each behind its number and a bar."""
    return "\n".join(f"{line.number}{MARGIN}{line.text}" for line in lines)


def unnumbered(quote: str) -> str:
    """A quote without the numbers and bars, where every one of its lines has them."""
    lines = quote.split("\n")
    if not all(_NUMBER.match(line) for line in lines):
        return quote
    return "\n".join(_NUMBER.sub("", line, count=1) for line in lines)


def _cut(line: str) -> str:
    return line if len(line) <= MAX_LINE else f"{line[:MAX_LINE]}⟨{len(line) - MAX_LINE} more characters⟩"
