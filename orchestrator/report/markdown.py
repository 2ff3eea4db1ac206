"""The review as GitHub-flavoured Markdown, for a job summary or a pull request comment, within 60,000 characters."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from orchestrator.report.ledger import ledger
from orchestrator.report.markdown_text import code, fenced, in_cell, link, prose
from orchestrator.report.preview import preview
from orchestrator.report.spending import sentence
from orchestrator.report.verdict import Outcome, severities, standing_word, uncounted, verdict
from orchestrator.report.wording import cell_text, counted, duration
from orchestrator.types import Source

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from orchestrator.report.context import Context
    from orchestrator.types import Coverage, Finding, Fix, Review, SpecialistCoverage, Table

LIMIT = 60_000
"""Characters of a whole report: GitHub refuses a comment above 65,536."""

_ROWS = 50
_NOTES = 20
_MORE = 100  # what the line about findings left out may take
_HUNKS = 3
_LANGUAGES = {
    ".py": "python",
    ".sql": "sql",
    ".yml": "yaml",
    ".yaml": "yaml",
    ".json": "json",
    ".ipynb": "python",
    ".scala": "scala",
    ".r": "r",
}
_SIGNS = {
    Outcome.CLEAN: "\N{WHITE HEAVY CHECK MARK}",
    Outcome.PASSED: "\N{WHITE HEAVY CHECK MARK}",
    Outcome.FAILED: "\N{CROSS MARK}",
    Outcome.INCOMPLETE: "\N{WARNING SIGN}\N{VARIATION SELECTOR-16}",
}


def render(review: Review, context: Context) -> str:
    """The verdict and counts, the findings worst first as far as they fit, then the coverage, folded."""
    head = "\n\n".join(_head(review, context))
    tail = "\n\n".join(_tail(review))
    room = LIMIT - len(head) - len(tail) - _MORE
    body = "\n\n".join(_fitting(review.findings if context.show_all else review.shown, context, room))
    return "\n\n".join(part for part in (head, body, tail) if part) + "\n"


def _head(review: Review, context: Context) -> Iterator[str]:
    answer = verdict(review, context.fail_on)
    yield f"## {_SIGNS[answer.outcome]} Review of {prose(review.project, 100)}: {answer.outcome}"
    against = f", against {code(review.base, 100)}" if review.base else ""
    size = f"{counted(review.files, 'file')}, {counted(review.lines, 'line')}, {counted(review.rules, 'rule')}"
    yield f"{answer.sentence[:1].upper()}{answer.sentence[1:]}. {size}, {duration(review.seconds)}{against}."
    if tally := severities(review.reported):
        yield _table(("Severity", "Findings"), ((severity, f"{number:,}") for severity, number in tally.items()))
    if hidden := str(uncounted(review)):
        yield f"Not counted: {hidden}."


def _fitting(findings: Iterable[Finding], context: Context, room: int) -> Iterator[str]:
    """The findings by severity as long as there is room, then a line that says how many are left out."""
    ordered = sorted(findings, key=lambda finding: (finding.severity.rank, finding.location, finding.rule))
    shown = 0
    for severity, group in groupby(ordered, key=lambda finding: finding.severity):
        heading = f"### {severity.capitalize()}"
        for finding in group:
            block = f"{heading}\n\n{_finding(finding, context)}" if heading else _finding(finding, context)
            room -= len(block) + 2
            if room < 0:
                yield f"**{counted(len(ordered) - shown, 'more finding')}** did not fit here."
                return
            yield block
            heading, shown = "", shown + 1


def _finding(finding: Finding, context: Context) -> str:
    location = finding.location
    span = f"{location.start_line}" + (f"-{location.end_line}" if location.end_line > location.start_line else "")
    cell = f", cell {location.cell}" if location.cell is not None else ""
    marks = "".join(f" _({mark})_" for mark in _marks(finding))
    parts = [
        f"**{prose(finding.rule, 80)}** {prose(finding.message)}{marks}",
        f"{code(f'{location.path}:{span}', 300)}{cell}",
        fenced(finding.evidence, _LANGUAGES.get(f".{location.path.rpartition('.')[2].lower()}", "")),
        prose(finding.why, 800),
    ]
    if finding.fix:
        parts.append(_fix(finding.fix, context))
    links = [link(f"source {number}", address) for number, address in enumerate(finding.references[:5], 1)]
    if links:
        parts.append(", ".join(links))
    return "\n\n".join(part for part in parts if part)


def _marks(finding: Finding) -> Iterator[str]:
    if word := standing_word(finding):
        yield f"{word}: {prose(finding.standing_reason, 300)}" if finding.standing_reason else word
    if finding.source is not Source.RULE:
        yield f"{finding.source}, confidence {finding.confidence}"


def _fix(fix: Fix, context: Context) -> str:
    title = f"{'Fix' if fix.safe else 'Suggested fix'}: {prose(fix.description, 300)}"
    lines: list[str] = []
    for hunk in preview(fix, context)[:_HUNKS]:
        lines += [f"@@ line {hunk.start_line} @@"]
        lines += [f"-{line}" for line in hunk.before]
        lines += [f"+{line}" for line in hunk.after]
    return f"{title}\n\n{fenced(chr(10).join(lines), 'diff', lines=30)}" if lines else title


def _measured(table: Table) -> str:
    """A table of the command, cut where it is long."""
    rows = (tuple(prose(in_cell(cell_text(cell)), 300) for cell in row) for row in table.rows[:_ROWS])
    left = len(table.rows) - _ROWS
    more = f"\n\n{counted(left, 'more row')} in the other formats." if left > 0 else ""
    note = f"\n\n{prose(table.note, 500)}" if table.note else ""
    shown = _table(tuple(prose(in_cell(column), 100) for column in table.columns), rows) if table.rows else "None."
    return f"### {prose(table.title, 200)}\n\n{shown}{more}{note}"


def _tail(review: Review) -> Iterator[str]:
    yield from (_measured(table) for table in review.tables)
    book = ledger(review.coverage)
    title = f"Coverage: reviewed {book.reviewed:,} of {counted(book.total, 'file')}"
    yield _folded(title, _coverage(book.gaps), is_open=bool(review.incomplete))
    if review.specialists:
        yield _folded(counted(len(review.specialists), "specialist"), [_specialists(review.specialists)])
    if review.asked:
        yield prose(sentence(review.asked), 300)
    if review.notes:
        yield "\n".join(f"- {prose(note, 300)}" for note in review.notes[:_NOTES])
    yield f"<sub>orchestrate {prose(review.version, 40)}</sub>"


def _coverage(gaps: tuple[Coverage, ...]) -> Iterator[str]:
    if not gaps:
        yield "Every file was reviewed in full."
        return
    rows = (
        (
            code(in_cell(entry.path), 200),
            f"**{entry.status}**" if entry.incomplete else entry.status,
            prose(in_cell(entry.reason), 200),
        )
        for entry in gaps[:_ROWS]
    )
    yield _table(("File", "Reviewed", "Why not whole"), rows)
    if len(gaps) > _ROWS:
        yield f"{counted(len(gaps) - _ROWS, 'more file')} in the other formats."


def _specialists(specialists: tuple[SpecialistCoverage, ...]) -> str:
    rows = (
        (
            prose(in_cell(each.name), 80),
            each.status,
            f"{each.rules:,}",
            f"{each.findings:,}",
            prose(in_cell(each.reason), 200),
        )
        for each in specialists[:_ROWS]
    )
    return _table(("Specialist", "Work done", "Rules", "Findings", "Why not whole"), rows)


def _table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [heads, ("---",) * len(heads), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _folded(title: str, parts: Iterable[str], *, is_open: bool = False) -> str:
    body = "\n\n".join(parts)
    return f"<details{' open' if is_open else ''}>\n<summary>{title}</summary>\n\n{body}\n\n</details>"
