"""The tables and findings of a review as comma-separated values, for auditors and spreadsheets.

One block a table: its title alone on a line, the heads, the rows, an empty line. The findings are the last block.
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from orchestrator.code.visible import visible
from orchestrator.report.verdict import standing_word, verdict
from orchestrator.types import Standing, Table

if TYPE_CHECKING:
    from orchestrator.report.context import Context
    from orchestrator.types import Cell, Finding, Review

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the beginning of a formula; such a text gets an apostrophe before it."""
_HEADS = ("severity", "rule", "place", "message", "specialists", "counts", "not reviewed or not counted because")


def render(review: Review, context: Context) -> str:
    """Every table, the findings, and what was not looked at; the verdict is the last line."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    for table in (*review.tables, _findings(review, context), _gaps(review)):
        writer.writerow([_cell(table.title)])
        writer.writerow([_cell(column) for column in table.columns])
        writer.writerows([_cell(cell) for cell in row] for row in table.rows)
        writer.writerow([])
    answer = verdict(review, context.fail_on)
    writer.writerow([_cell(str(answer.outcome)), _cell(answer.sentence)])
    return out.getvalue()


def _findings(review: Review, context: Context) -> Table:
    shown = review.findings if context.show_all else review.shown
    return Table(title="findings", columns=_HEADS, rows=tuple(_row(finding) for finding in shown))


def _row(finding: Finding) -> tuple[Cell, ...]:
    withheld = finding.standing is Standing.WITHHELD
    why = finding.standing_reason if withheld else (finding.suppressed_by or standing_word(finding) or "")
    names = " ".join(finding.specialists)
    return (str(finding.severity), finding.rule, str(finding.location), finding.message, names, finding.counts, why)


def _gaps(review: Review) -> Table:
    rows = tuple((entry.path, str(entry.status), entry.reason) for entry in review.coverage if entry.incomplete)
    return Table(title="not reviewed", columns=("what", "status", "why"), rows=rows)


def _cell(cell: Cell) -> Cell:
    """A cell as a spreadsheet may open it: text that would be a formula is text."""
    if not isinstance(cell, str):
        return cell
    shown = visible(cell).replace("\n", " ")
    return f"'{shown}" if shown.startswith(_FORMULA) else shown
