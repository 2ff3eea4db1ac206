"""Whether a quote stands in the code: as it is on disk, or as a model was shown it."""

from __future__ import annotations

from collections.abc import Sequence

from orchestrator.code.secrets import MASK
from orchestrator.code.shown import ShownLine, shown_lines, unnumbered
from orchestrator.code.source import SourceFile
from orchestrator.rules.evidence import MAX_EVIDENCE_LINES
from orchestrator.types import Location

MAX_QUOTE_LINES = 40
LEAST_MOVABLE = 12
"""Characters a quote needs before it may be looked for elsewhere in its file: shorter ones stand in many places."""
LEAST = 3
"""Characters that a part of a line needs to be a quote of it, if it stands in no other line that is named."""


def place_of(quote: str, source: SourceFile | None, start: int, end: int) -> Location | None:
    """Where a quote stands: within the lines that are named, or at the one other place of its file; None for nowhere.

    A quote that stands in several of the named lines is placed at all of them. What is not a whole line and short, or
    holds no letter and no digit, is no quote: it stands everywhere.
    """
    if source is None or end - start >= MAX_QUOTE_LINES:
        return None
    lines = shown_lines(source)
    given = quote.replace("\r\n", "\n").strip("\n")
    forms = [form for form in dict.fromkeys((given, unnumbered(given))) if any(map(str.isalnum, _plain(form)))]
    named = [line for line in lines if start <= line.number <= end]
    for form in forms:
        span, only = _span(form, named), _span(form, named, only=True)
        if span is None or not _tells(form, named, is_once=only is not None):
            continue
        if only is not None:
            return _location(source, only[0].number, only[1].number, only[0].cell)
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


def _tells(quote: str, lines: Sequence[ShownLine], *, is_once: bool) -> bool:
    """Whether a quote that stands in these lines says which of them it means: whole lines do, and parts long enough."""
    words = _plain(quote).strip()
    if "\n" in words or len(words) >= LEAST_MOVABLE or (is_once and len(words) >= LEAST):
        return True
    return any(quote.strip() in {line.raw.strip(), line.masked.strip(), line.text.strip()} for line in lines)


def _plain(quote: str) -> str:
    """The quote without what only stands for a credential."""
    return quote.replace(MASK, "")


def _location(source: SourceFile, start: int, end: int, cell: int | None) -> Location:
    if not source.is_jupyter:
        return source.location(start, min(end, len(source.lines)))
    return Location(path=source.path, start_line=start, end_line=end, cell=cell)
