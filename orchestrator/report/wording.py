"""Words that several formats share: counted nouns, figures and durations."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from orchestrator.types import Cell

_MINUTE = 60


def counted(number: int, noun: str, plural: str = "") -> str:
    """`1 file`, `2,000 files`: the number with the noun in its right form."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def duration(seconds: float) -> str:
    """`0.42 s` or `3 min 5 s`."""
    if seconds < _MINUTE:
        return f"{seconds:.2f} s"
    return f"{int(seconds // _MINUTE)} min {int(seconds % _MINUTE)} s"


def listed(names: list[str], limit: int) -> str:
    """The names with commas between, only that many of them, then how many more there are."""
    more = len(names) - limit
    shown = ", ".join(names[:limit])
    return shown if more <= 0 else f"{shown}, and {more:,} more"


def cell_text(cell: Cell) -> str:
    """A cell of a table: nothing for None, yes and no, figures with their thousands parted."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    return f"{cell:,}" if isinstance(cell, int | float) else cell
