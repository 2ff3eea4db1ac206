"""Shows a fix before it is applied: the lines that would go and the lines that would come."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from orchestrator.code.secrets import MASK
from orchestrator.types import Location

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.report.context import Context
    from orchestrator.types import Edit, Fix


@dataclass(frozen=True, slots=True, kw_only=True)
class Hunk:
    """One run of lines of one file, as it is and as it would be; both without newlines."""

    path: str
    start_line: int
    before: tuple[str, ...]
    after: tuple[str, ...]


def preview(fix: Fix, context: Context) -> tuple[Hunk, ...]:
    """The fix as hunks; empty when a line it touches is not at hand or is masked, for half a preview would mislead.

    Of a Jupyter notebook the lines of its cells are at hand, and an edit is of the JSON around them.
    """
    if any(edit.path.endswith(".ipynb") for edit in fix.edits):
        return ()
    hunks = [_hunk(edits, context) for edits in _runs(fix.edits)]
    return tuple(hunk for hunk in hunks if hunk) if all(hunks) else ()


def _runs(edits: tuple[Edit, ...]) -> Iterator[list[Edit]]:
    """The edits in order, those that share a line together."""
    ordered = sorted(edits, key=lambda edit: (edit.path, edit.start_line, edit.start_column))
    for _, group in groupby(ordered, key=lambda edit: edit.path):
        run: list[Edit] = []
        for edit in group:
            if run and edit.start_line > max(other.end_line for other in run):
                yield run
                run = []
            run.append(edit)
        yield run


def _hunk(edits: list[Edit], context: Context) -> Hunk | None:
    first, last = edits[0].start_line, max(edit.end_line for edit in edits)
    place = Location(path=edits[0].path, start_line=first, end_line=last)
    numbered = context.snippet(place, 0, 0)
    if [number for number, _ in numbered] != list(range(first, last + 1)):
        return None
    before = [line for _, line in numbered]
    if any(MASK in line for line in before):
        return None
    after = "\n".join(before)
    for edit in reversed(edits):
        start = _offset(before, edit.start_line - first, edit.start_column)
        end = _offset(before, edit.end_line - first, edit.end_column)
        after = after[:start] + edit.replacement + after[end:]
    lines = tuple(after.removesuffix("\n").split("\n")) if after else ()
    return Hunk(path=edits[0].path, start_line=first, before=tuple(before), after=lines)


def _offset(lines: list[str], index: int, column: int) -> int:
    """Where a column of a line stands in the lines joined by newlines."""
    return sum(len(line) + 1 for line in lines[:index]) + min(column - 1, len(lines[index]))
