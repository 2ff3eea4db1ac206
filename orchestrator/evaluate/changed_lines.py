"""Which lines a twin changes, and where the lines of the input stand in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher


@dataclass(frozen=True, slots=True, kw_only=True)
class Hunk:
    """Lines `start` to `end` of a file became `new_start` to `new_end`; an end before its start is no line at all."""

    start: int
    end: int
    new_start: int
    new_end: int

    @property
    def touched(self) -> range:
        """The old lines it replaces; for lines put in between, the line before and the line after them."""
        return range(self.start, self.end + 1) if self.end >= self.start else range(self.end, self.start + 1)


def hunks(before: str, after: str) -> tuple[Hunk, ...]:
    """What changed between two texts, in order."""
    return tuple(_hunks(before.split("\n"), after.split("\n")))


def _hunks(before: list[str], after: list[str]) -> Iterator[Hunk]:
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for tag, start, end, new_start, new_end in matcher.get_opcodes():
        if tag != "equal":
            yield Hunk(start=start + 1, end=end, new_start=new_start + 1, new_end=new_end)


def moved(lines: tuple[int, int], changes: tuple[Hunk, ...]) -> tuple[int, int]:
    """Where lines of the old text stand in the new one; of lines that were replaced, what replaced them."""
    first, last = _moved(lines[0], changes, is_end=False), _moved(lines[1], changes, is_end=True)
    return max(first, 1), max(first, last, 1)


def _moved(line: int, changes: tuple[Hunk, ...], *, is_end: bool) -> int:
    shift = 0
    for hunk in changes:
        if hunk.start <= line <= hunk.end:
            return hunk.new_end if is_end else hunk.new_start
        if line < hunk.start:
            break
        shift = hunk.new_end - hunk.end
    return line + shift
