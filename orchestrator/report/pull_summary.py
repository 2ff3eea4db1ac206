"""A review as the one comment under the conversation of a pull request, within 30,000 characters.

What stands inline is only counted there; what could not stand on a line is told with the reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from orchestrator.report.ledger import ledger
from orchestrator.report.markdown_text import code, in_cell, prose
from orchestrator.report.spending import sentence
from orchestrator.report.verdict import severities, uncounted, verdict
from orchestrator.report.visible import one_line
from orchestrator.report.wording import counted
from orchestrator.types import Standing

if TYPE_CHECKING:
    from orchestrator.types import Coverage, Finding, Review, Severity

LIMIT = 30_000
_OFF_DIFF = 10
_GAPS = 30
_NOTES = 20


def title(review: Review, fail_on: Severity | None) -> str:
    """The answer in a few words, on one line."""
    said = verdict(review, fail_on).sentence
    return one_line(f"{said[:1].upper()}{said[1:]}", 200)


def summary(
    review: Review,
    fail_on: Severity | None,
    *,
    inline: int,
    aside: Iterable[tuple[Finding, str]],
    notes: Iterable[str] = (),
) -> str:
    """The verdict, the findings that are no comments on lines as far as they fit, what was not reviewed, and notes.

    It holds no time: two reviews of the same commit are to be the same text.
    """
    answer = verdict(review, fail_on)
    head = [f"## {prose(answer.outcome.capitalize(), 40)}: {prose(answer.sentence)}", _counts(review, inline)]
    tail = [*_gaps(review.incomplete), _unverified(review), _off_diff(review), *_notes(review, notes)]
    room = LIMIT - sum(len(part) + 2 for part in (*head, *tail))
    return "\n\n".join(part for part in (*head, *_aside(tuple(aside), room), *tail) if part)


def _counts(review: Review, inline: int) -> str:
    tally = ", ".join(f"{number:,} {severity}" for severity, number in severities(review.reported).items())
    size = f"{counted(review.files, 'file')} and {counted(review.rules, 'rule')}"
    found = f"{tally}; {counted(inline, 'comment')} on lines. " if tally else ""
    hidden = str(uncounted(review))
    return f"{found}{size}." + (f" Not counted: {hidden}." if hidden else "")


def _aside(found: tuple[tuple[Finding, str], ...], room: int) -> Iterator[str]:
    """The findings that count and are no comments, as many as there is room for, then how many more there are."""
    if not found:
        return
    yield "### Findings that are no comments on lines"
    lines: list[str] = []
    for finding, reason in found:
        line = f"- {_line(finding)} _({prose(reason, 200)})_"
        room -= len(line) + 1
        if room < 0:
            lines.append(f"- {counted(len(found) - len(lines), 'more finding')} in the report of the run")
            break
        lines.append(line)
    yield "\n".join(lines)


def _line(finding: Finding) -> str:
    place = code(f"{finding.location.path}:{finding.location.start_line}", 300)
    cell = f" cell {finding.location.cell}" if finding.location.cell is not None else ""
    return f"**{finding.severity}** {code(finding.rule, 80)} {place}{cell}: {prose(finding.message, 300)}"


def _gaps(gaps: tuple[Coverage, ...]) -> Iterator[str]:
    if not gaps:
        return
    rows = [f"| {code(in_cell(gap.path), 200)} | {prose(in_cell(gap.reason), 200)} |" for gap in gaps[:_GAPS]]
    yield "\n".join(("### Not reviewed", "", "| File | Why |", "| --- | --- |", *rows))
    if len(gaps) > _GAPS:
        yield f"{counted(len(gaps) - _GAPS, 'more file')} in the report of the run."


def _unverified(review: Review) -> str:
    found = [finding for finding in review.shown if not finding.counts]
    return _folded("Unverified: nobody has tried to refute these, they do not count", found)


def _off_diff(review: Review) -> str:
    found = [
        each
        for each in review.findings
        if not each.in_diff and not each.suppressed_by and each.standing is not Standing.WITHHELD
    ]
    return _folded("On lines that this pull request does not change: these do not count", found)


def _folded(heading: str, found: list[Finding]) -> str:
    if not found:
        return ""
    shown = "\n".join(f"- {_line(finding)}" for finding in found[:_OFF_DIFF])
    more = f"\n- {counted(len(found) - _OFF_DIFF, 'more finding')}" if len(found) > _OFF_DIFF else ""
    return f"<details>\n<summary>{heading} ({len(found):,})</summary>\n\n{shown}{more}\n\n</details>"


def _notes(review: Review, notes: Iterable[str]) -> Iterator[str]:
    if review.asked:
        yield prose(sentence(review.asked), 300)
    told = [f"- {prose(note, 300)}" for note in (*notes, *review.notes)][:_NOTES]
    yield "\n".join(told)
    book = ledger(review.coverage)
    reviewed = f"reviewed {book.reviewed:,} of {counted(book.total, 'file')}"
    yield f"<sub>orchestrate {prose(review.version, 40)}, {reviewed}</sub>"
