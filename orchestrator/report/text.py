"""The review as plain text: one line a finding, its evidence beneath, and the verdict last.

Colour is a handful of SGR codes from a table: importing rich costs more than the rest of this format together.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from orchestrator.report.ledger import ledger
from orchestrator.report.spending import sentence
from orchestrator.report.verdict import Outcome, severities, standing_word, uncounted, verdict
from orchestrator.report.visible import one_line
from orchestrator.report.wording import cell_text, counted, duration, listed
from orchestrator.types import Severity, Source, Standing, Status

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.report.context import Context
    from orchestrator.types import Coverage, Finding, Review, Table

_SEVERITY_CODES = {
    Severity.CRITICAL: "1;31",
    Severity.HIGH: "31",
    Severity.MEDIUM: "33",
    Severity.LOW: "36",
    Severity.INFO: "34",
}
_OUTCOME_CODES = {
    Outcome.CLEAN: "1;32",
    Outcome.PASSED: "1;32",
    Outcome.FAILED: "1;31",
    Outcome.INCOMPLETE: "1;33",
}
_DIM = "2"
_BOLD = "1"
_SEVERITY_WIDTH = max(len(severity) for severity in Severity)
_NAMED_GAPS = 5
_NAMED_SPECIALISTS = 3
_MESSAGE = 1_000
_CELL = 120
_LAST_CELL = 400


def render(review: Review, context: Context) -> str:
    """The findings by file, then what was counted, what was covered, and the verdict as the last line."""
    shown = sorted(_shown(review, context), key=lambda finding: (finding.location, finding.severity.rank, finding.rule))
    lines: list[str] = []
    for _, group in groupby(shown, key=lambda finding: finding.location.path):
        lines += [*_file(list(group), context), ""]
    for table in review.tables:
        lines += [*_table(table, context), ""]
    lines += _closing(review, context)
    return "\n".join(lines) + "\n"


def _table(table: Table, context: Context) -> Iterator[str]:
    """A table with its columns aligned; the last column takes what room there is."""
    yield _paint(one_line(table.title, 200), _BOLD, context)
    rows = [tuple(cell_text(cell) for cell in row) for row in table.rows]
    widths = [min(max(len(row[at]) for row in (table.columns, *rows)), _CELL) for at in range(len(table.columns))]
    for row in (table.columns, *rows):
        cells = [one_line(cell, _CELL).ljust(width) for cell, width in zip(row[:-1], widths, strict=False)]
        yield "  " + "  ".join((*cells, one_line(row[-1], _LAST_CELL))).rstrip()
    if not rows:
        yield "  (none)"
    if table.note:
        yield f"  {one_line(table.note, _MESSAGE)}"


def _shown(review: Review, context: Context) -> tuple[Finding, ...]:
    return review.findings if context.show_all else review.shown


def _file(findings: list[Finding], context: Context) -> Iterator[str]:
    """The lines of one file's findings, their columns aligned."""
    places = [_place(finding) for finding in findings]
    width = min(max(map(len, places)), context.width // 2)
    for place, finding in zip(places, findings, strict=True):
        yield from _finding(finding, place.ljust(width), context)


def _finding(finding: Finding, place: str, context: Context) -> Iterator[str]:
    severity = _paint(finding.severity.upper().ljust(_SEVERITY_WIDTH), _SEVERITY_CODES[finding.severity], context)
    rule = _paint(one_line(finding.rule), _BOLD, context)
    yield f"{place}  {severity}  {rule}  {one_line(finding.message, _MESSAGE)}{_marks(finding)}"
    evidence = [line for line in finding.evidence.splitlines() if line.strip()]
    if evidence:
        more = f"  (and {counted(len(evidence) - 1, 'more line')})" if len(evidence) > 1 else ""
        quoted = one_line(evidence[0], max(context.width - 4 - len(more), 40))
        yield "    " + _paint(f"{quoted}{more}", _DIM, context)
    if finding.fix:
        label = "fix available" if finding.fix.safe else "fix suggested"
        yield f"    {label}: {one_line(finding.fix.description, max(context.width - 20, 40))}"


def _place(finding: Finding) -> str:
    """`path:line[:column]`, as editors and terminals understand it."""
    location = finding.location
    column = f":{location.start_column}" if location.start_column > 1 else ""
    return f"{one_line(location.path, 1_000)}:{location.start_line}{column}"


def _marks(finding: Finding) -> str:
    """What a reader must know of a finding that is not a plain, verified rule finding; mostly nothing."""
    marks = [f"cell {finding.location.cell}"] if finding.location.cell is not None else []
    if finding.source is Source.MODEL or (finding.source is Source.RUNTIME and finding.confidence < 100):
        marks.append(f"{finding.source}, confidence {finding.confidence}")
    if finding.standing is Standing.WITHHELD:
        reason = one_line(finding.standing_reason, 200) or "its evidence could not be verified"
        marks.append(f"withheld: {reason}")
    elif word := standing_word(finding):
        reason = f" by {one_line(finding.suppressed_by, 200)}" if word == "suppressed" and finding.suppressed_by else ""
        marks.append(f"{word}{reason}")
    return f" [{'; '.join(marks)}]" if marks else ""


def _closing(review: Review, context: Context) -> Iterator[str]:
    yield _summary(review)
    if hidden := str(uncounted(review)):
        yield f"not counted: {hidden}{'' if context.show_all else ' (show them with --all)'}"
    yield _coverage(review, context)
    yield from _specialists(review)
    if review.asked:
        yield one_line(sentence(review.asked))
    yield from (f"note: {one_line(note)}" for note in review.notes)
    answer = verdict(review, context.fail_on)
    yield f"{_paint(answer.outcome.upper(), _OUTCOME_CODES[answer.outcome], context)}: {answer.sentence}"


def _summary(review: Review) -> str:
    tally = severities(review.reported)
    detail = ", ".join(f"{number:,} {severity}" for severity, number in tally.items())
    found = counted(len(review.reported), "finding") + (f" ({detail})" if detail else "")
    against = f", against {one_line(review.base, 80)}" if review.base else ""
    work = ", ".join(
        (
            counted(review.files, "file"),
            counted(review.lines, "line"),
            counted(review.rules, "rule"),
            duration(review.seconds),
        )
    )
    return f"{found} in {work}{against}"


def _coverage(review: Review, context: Context) -> str:
    book = ledger(review.coverage)
    limit = book.total if context.show_all else _NAMED_GAPS
    parts = [f"reviewed {book.reviewed:,} of {counted(book.total, 'file')}"]
    if book.skipped:
        parts.append(f"not reviewed: {listed([_gap(entry) for entry in book.skipped], limit)}")
    if book.partial:
        parts.append(f"reviewed in part: {listed([_gap(entry) for entry in book.partial], limit)}")
    return "; ".join(parts)


def _gap(entry: Coverage) -> str:
    reason = f" ({one_line(entry.reason, 120)})" if entry.reason else ""
    return f"{one_line(entry.path, 300)}{reason}"


def _specialists(review: Review) -> Iterator[str]:
    """One line for all the specialists that did less than their whole work for the same reason."""
    names: dict[tuple[Status, str], list[str]] = {}
    for specialist in review.specialists:
        if specialist.status is not Status.FULL:
            names.setdefault((specialist.status, specialist.reason), []).append(one_line(specialist.name, 80))
    for (status, reason), group in names.items():
        words = "did not run" if status is Status.SKIPPED else "worked in part"
        yield f"{listed(group, _NAMED_SPECIALISTS)} {words}{f': {one_line(reason)}' if reason else ''}"


def _paint(text: str, code: str, context: Context) -> str:
    return f"\x1b[{code}m{text}\x1b[0m" if context.colour else text
