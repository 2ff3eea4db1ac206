"""A scored run as GitHub-flavoured Markdown, for a job summary: numbers, then misses and false findings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from orchestrator.evaluate.exports.figures import Table, figures, provenance, tables, warnings_of
from orchestrator.evaluate.exports.items import CaseItems, Item, Standing, case_items
from orchestrator.report.markdown_text import code, in_cell, prose
from orchestrator.report.wording import counted

if TYPE_CHECKING:
    from orchestrator.evaluate.exports.report import Report

MAX_CHARACTERS = 60_000
"""What a comment or a job summary may hold, with room to spare."""


def render(report: Report) -> str:
    """The whole text, cut at whole lines where it would be too long for a comment, with the number of lines cut."""
    lines = list(_lines(report))
    kept, size = [], 0
    for line in lines:
        size += len(line) + 1
        if size > MAX_CHARACTERS:
            break
        kept.append(line)
    more = len(lines) - len(kept)
    if more:
        kept += ["", f"{counted(more, 'more line')}: see the html report."]
    return "\n".join(kept) + "\n"


def _lines(report: Report) -> Iterator[str]:
    scored = report.scored
    yield f"# {prose(scored.system)} on {prose(scored.suite)}"
    yield ""
    for text in warnings_of(report):
        yield f"**{prose(text)}**"
        yield ""
    shown = figures(report)
    if shown:
        yield from _table(Table(title="", heads=("measure", "value", "95 %"),
                                rows=tuple((one.name, one.value, one.range) for one in shown)))  # fmt: skip
    yield f"Measured on: {prose('; '.join(provenance(report)), 2_000)}."
    yield ""
    for table in tables(report):
        yield f"## {table.title}"
        yield ""
        yield from _table(table)
    yield from _errors(case_items(report))


def _table(table: Table) -> Iterator[str]:
    yield _row(table.heads)
    yield _row(("---",) * len(table.heads), as_is=True)
    for row in table.rows:
        yield _row(row)
    yield ""


def _row(cells: tuple[str, ...], *, as_is: bool = False) -> str:
    shown = cells if as_is else tuple(in_cell(prose(cell)) for cell in cells)
    return f"| {' | '.join(shown)} |"


def _errors(cases: tuple[CaseItems, ...]) -> Iterator[str]:
    for standing, title in ((Standing.MISSED, "Missed"), (Standing.FALSE, "False")):
        items = [(case, item) for case in cases for item in case.items if item.standing is standing]
        yield f"## {title}: {len(items)}"
        yield ""
        for case, item in items:
            yield f"- {_told(case, item)}"
        yield ""


def _told(case: CaseItems, item: Item) -> str:
    twin = " of the fixed twin" if item.variant == "twin" else ""
    where = f"{code(case.name)} {code(f'{item.file}:{item.lines[0]}')}{twin}"
    if item.result is not None:
        must = ", must be found" if item.result.must_find else ""
        return f"{where} {item.severity}{must}: {code(item.result.kind)}"
    said = item.said
    named = f"{code(said.rule)} {prose(said.message, 200)}" if said is not None else ""
    return f"{where} {named} {prose(item.why)}".rstrip()
