"""Whether a quote stands in the code: as it is on disk, or as a model was shown it."""

from __future__ import annotations

from collections.abc import Sequence

from orchestrator.code.shown import ShownLine, shown_lines, unnumbered
from orchestrator.code.source import SourceFile
from orchestrator.rules.evidence import MAX_EVIDENCE_LINES
from orchestrator.types import Location

MAX_QUOTE_LINES = 40
LEAST_MOVABLE = 12
"""Characters a quote needs before it may be looked for elsewhere in its file: shorter ones stand in many places."""


def place_of(quote: str, source: SourceFile | None, start: int, end: int) -> Location | None:
    """Where a quote stands: at the lines that are named, or at the one other place of its file; None for nowhere."""
    if source is None or end - start >= MAX_QUOTE_LINES:
        return None
    lines = shown_lines(source)
    given = quote.replace("\r\n", "\n").strip("\n")
    forms = [form for form in dict.fromkeys((given, unnumbered(given))) if form.strip()]
    named = [line for line in lines if start <= line.number <= end]
    for form in forms:
        if (span := _span(form, named)) is not None:
            return _location(source, start, max(start, end), span[0].cell)
    for form in forms:
        if len(form.strip()) >= LEAST_MOVABLE and (span := _span(form, lines, only=True)) is not None:
            return _location(source, span[0].number, span[1].number, span[0].cell)
    return None


def evidence_at(source: SourceFile, location: Location) -> str:
    """The lines at a location with their credentials masked, the first few of them."""
    cell = location.cell if source.is_jupyter else None
    inside = [
        line.masked
        for line in shown_lines(source)
        if location.start_line <= line.number <= location.end_line and line.cell == cell
    ]
    return "\n".join(inside[:MAX_EVIDENCE_LINES])


def _texts(lines: Sequence[ShownLine]) -> tuple[str, str, str]:
    """The lines as they stand, masked, and as they are shown: a model may have seen any of these."""
    raw = "\n".join(line.raw for line in lines)
    return raw, "\n".join(line.masked for line in lines), "\n".join(line.text for line in lines)


def _span(quote: str, lines: Sequence[ShownLine], *, only: bool = False) -> tuple[ShownLine, ShownLine] | None:
    """The first and last line of the place where a quote stands; with `only`, None where it stands in two places."""
    for text in _texts(lines):
        if quote in text and not (only and text.count(quote) > 1):
            first = text.count("\n", 0, text.index(quote))
            return lines[first], lines[first + quote.count("\n")]
    return None


def _location(source: SourceFile, start: int, end: int, cell: int | None) -> Location:
    if not source.is_jupyter:
        return source.location(start, min(end, len(source.lines)))
    return Location(path=source.path, start_line=start, end_line=end, cell=cell)
