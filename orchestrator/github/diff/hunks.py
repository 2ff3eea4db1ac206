"""The hunks of one file's patch: the lines of the head that they show, with their text.

A line may carry a comment where a hunk shows it. Lines are counted off by the numbers of the hunk's header, because a
changed line may look like any header; only a newline ends one, because a carriage return is part of the line to git.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

HEADER = re.compile(r"@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")


@dataclass(frozen=True, kw_only=True, slots=True)
class Hunk:
    """Lines of the head that a diff shows in one piece; `changed` are those that it adds."""

    first: int
    texts: tuple[str, ...]
    changed: frozenset[int]

    @property
    def last(self) -> int:
        """The last line of the head; one before the first where the hunk shows none."""
        return self.first + len(self.texts) - 1

    def shows(self, start: int, end: int) -> bool:
        """Whether every one of these lines is in it."""
        return self.first <= start <= end <= self.last

    def text(self, line: int) -> str:
        """A line of the head that it shows, without its newline."""
        return self.texts[line - self.first]


def hunks_of(patch: str) -> tuple[Hunk, ...]:
    """The hunks of a file's patch that are whole; what stands before the first and after a torn one is left out."""
    lines = patch.split("\n")
    found: list[Hunk] = []
    place = 0
    while place < len(lines):
        match = HEADER.match(lines[place])
        place += 1
        if match is None:
            continue
        hunk, place = read_hunk(match, lines, place)
        if hunk is None:
            break
        found.append(hunk)
    return tuple(found)


def read_hunk(header: re.Match[str], lines: Sequence[str], place: int) -> tuple[Hunk | None, int]:
    """The hunk whose body begins at a place in the lines, and the place after it; None where it is torn."""
    removed, first, added = int(header[1] or 1), int(header[2]), int(header[3] or 1)
    texts: list[str] = []
    changed: set[int] = set()
    while removed > 0 or len(texts) < added:
        sign = lines[place][:1] if place < len(lines) else ""
        if sign == "+":
            changed.add(first + len(texts))
        if sign in {"-", " "}:
            removed -= 1
        if sign in {"+", " "}:
            texts.append(lines[place][1:])
        elif sign not in {"-", "\\"}:
            return None, place
        place += 1
    if removed < 0 or len(texts) > added:
        return None, place
    return Hunk(first=first, texts=tuple(texts), changed=frozenset(changed)), place
