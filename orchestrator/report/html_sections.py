"""The parts of the HTML report beside the findings: header, filters, coverage, specialists and rule pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.report.html_markup import Html, joined, link, prose, tag
from orchestrator.report.ledger import ledger
from orchestrator.report.page_text import Paragraph, Sample, blocks
from orchestrator.report.spending import calls, cost
from orchestrator.report.verdict import Verdict, severities
from orchestrator.report.wording import cell_text, counted, duration
from orchestrator.types import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from orchestrator.report.context import RulePage
    from orchestrator.types import Coverage, Finding, Review, SpecialistCoverage, Table

_BAR_WIDTH = 1_000
_SAMPLES = {"bad": "bad", "good": "good", "fixed": "good"}


def masthead(review: Review, answer: Verdict) -> Html:
    """What was reviewed, the verdict, and the figures behind it."""
    return tag(
        "header",
        tag(
            "div",
            tag("p", "orchestrate review", class_="brand"),
            tag("button", "Dark", type="button", id="theme", hidden=True),
            class_="bar",
        ),
        tag("h1", review.project),
        tag(
            "p",
            tag("strong", answer.outcome.value),
            tag("span", answer.sentence),
            class_=f"verdict {answer.outcome}",
        ),
        _figures(review),
        _balance(review.reported),
        class_="masthead",
    )


def _figures(review: Review) -> Html:
    book = ledger(review.coverage)
    figures = [
        ("Files reviewed", f"{book.reviewed:,} of {book.total:,}"),
        ("Lines", f"{review.lines:,}"),
        ("Rules", f"{review.rules:,}"),
        ("Time", duration(review.seconds)),
    ]
    if review.base:
        figures.append(("Against", review.base))
    if review.asked:
        spent = review.asked.spending
        figures += [("Model", review.asked.model), ("Calls", calls(spent)), ("Cost", cost(spent))]
    return tag("dl", *(tag("div", tag("dt", name), tag("dd", value)) for name, value in figures), class_="figures")


def _balance(findings: Iterable[Finding]) -> Html | None:
    """A bar that shows how the findings spread over the severities, with the numbers under it."""
    tally = severities(findings)
    if not tally:
        return None
    total, left, parts = sum(tally.values()), 0.0, []
    for severity, number in tally.items():
        width = number / total * _BAR_WIDTH
        parts.append(tag("rect", x=f"{left:.1f}", width=f"{width:.1f}", height=10, class_=severity.value))
        left += width
    bar = tag(
        "svg", *parts, viewBox=f"0 0 {_BAR_WIDTH} 10", preserveAspectRatio="none", aria_hidden="true", class_="balance"
    )
    legend = (
        tag("li", tag("b", f"{number:,}"), f" {severity}", class_=severity.value) for severity, number in tally.items()
    )
    return joined(bar, tag("ul", *legend, class_="legend"))


def filters(findings: Iterable[Finding]) -> Html:
    """The controls; hidden until the script that serves them runs."""
    shown = list(findings)
    specialists = sorted({name for finding in shown for name in finding.specialists})
    paths = sorted({finding.location.path for finding in shown})
    present = [severity for severity in Severity if any(finding.severity is severity for finding in shown)]
    return tag(
        "details",
        tag("summary", "Filter"),
        tag(
            "form",
            tag("label", "Search ", tag("kbd", "/"), for_="search"),
            tag("input", type="search", id="search", placeholder="Text, rule or path", autocomplete="off"),
            _boxes("Severity", "severity", [severity.value for severity in present]),
            _boxes("Specialist", "specialist", specialists),
            tag("label", "File", for_="file"),
            tag("select", tag("option", "All files", value=""), *(tag("option", path) for path in paths), id="file"),
            tag("label", tag("input", type="checkbox", id="uncounted"), " Show what does not count", class_="box"),
            tag("button", "Clear", type="reset"),
            tag("p", "Keys: ", tag("kbd", "j"), " next, ", tag("kbd", "k"), " previous", class_="more"),
            id="controls",
        ),
        id="filters",
        class_="filters",
        hidden=True,
    )


def _boxes(title: str, name: str, values: list[str]) -> Html | None:
    if not values[1:]:
        return None
    boxes = (
        tag("label", tag("input", type="checkbox", name=name, value=value, checked=True), f" {value}", class_="box")
        for value in values
    )
    return tag("fieldset", tag("legend", title), *boxes)


def coverage(review: Review) -> Html:
    """The coverage ledger: what was not whole in sight, the rest folded."""
    book = ledger(review.coverage)
    gaps = _coverage_table(book.gaps) if book.gaps else tag("p", "Every file was reviewed in full.")
    whole = tag("details", tag("summary", f"{counted(len(book.full), 'file')} reviewed in full"), _files(book.full))
    return tag(
        "section",
        tag("h2", "Coverage"),
        tag("p", f"Reviewed {book.reviewed:,} of {counted(book.total, 'file')}."),
        gaps,
        whole if book.full else None,
        id="part-coverage",
    )


def _coverage_table(entries: tuple[Coverage, ...]) -> Html:
    rows = (
        (tag("code", entry.path), _status(entry.status.value, incomplete=entry.incomplete), prose(entry.reason))
        for entry in entries
    )
    return _table(("File", "Reviewed", "Why not whole"), rows)


def _files(entries: tuple[Coverage, ...]) -> Html:
    rows = ((tag("code", entry.path), f"{entry.lines:,}") for entry in entries)
    return _table(("File", "Lines"), rows)


def measured(table: Table) -> Html:
    """What the command measured, planned or did, as a table."""
    rows = (tuple(prose(cell_text(cell)) for cell in row) for row in table.rows)
    body = _table(table.columns, rows) if table.rows else tag("p", "None.", class_="empty")
    note = tag("p", prose(table.note), class_="more") if table.note else None
    return tag("section", tag("h2", table.title), body, note, class_="measured")


def specialists(entries: tuple[SpecialistCoverage, ...]) -> Html | None:
    """What each specialist did; nothing when none was asked."""
    if not entries:
        return None
    rows = (
        (each.name, _status(each.status.value), f"{each.rules:,}", f"{each.findings:,}", prose(each.reason))
        for each in entries
    )
    heads = ("Specialist", "Work done", "Rules", "Findings", "Why not whole")
    return tag("section", tag("h2", "Specialists"), _table(heads, rows), id="part-specialists")


def notes(texts: tuple[str, ...]) -> Html | None:
    """What the run has to say besides."""
    if not texts:
        return None
    return tag("section", tag("h2", "Notes"), tag("ul", *(tag("li", prose(text)) for text in texts)), id="part-notes")


def rules(pages: dict[str, RulePage]) -> Html | None:
    """The pages of the rules that found something, folded, by the anchor that findings link to."""
    if not pages:
        return None
    folded = (_page(anchor, page) for anchor, page in pages.items())
    return tag("section", tag("h2", "Rules"), *folded, id="part-rules")


def _page(anchor: str, page: RulePage) -> Html:
    return tag(
        "details",
        tag("summary", tag("span", page.id, class_="rule"), " ", prose(page.summary or page.name)),
        tag(
            "div",
            tag("p", f"{page.name}, {page.severity}, {page.specialist}", class_="more"),
            *_page_parts(page),
            tag("ul", *(tag("li", link(address)) for address in page.references), class_="references"),
            id=anchor,
            tabindex=-1,
        ),
        class_="page",
    )


def _page_parts(page: RulePage) -> Iterator[Html]:
    bullets: list[Html] = []
    for block in blocks(page.text):
        if isinstance(block, Paragraph) and block.bullet:
            bullets.append(tag("li", prose(block.text)))
            continue
        if bullets:
            yield tag("ul", *bullets)
            bullets = []
        if isinstance(block, Sample):
            kind = block.label.partition(":")[0].strip().lower()
            yield tag("p", prose(block.label), class_=f"sample {_SAMPLES.get(kind, '')}".strip())
            yield tag("pre", tag("code", block.code), class_="code", tabindex=0, role="region", aria_label=block.label)
        elif block.text != page.summary:
            label = joined(tag("b", block.label), " ") if block.label else None
            yield tag("p", label, prose(block.text))
    if bullets:
        yield tag("ul", *bullets)


def _status(status: str, *, incomplete: bool = False) -> Html:
    return tag("span", status, class_=f"status {'incomplete' if incomplete else status}")


def _table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Html:
    """A table whose cells carry their heading, so that a narrow screen can stack them."""
    body = (
        tag("tr", *(tag("td", cell, data_head=head) for head, cell in zip(heads, row, strict=True))) for row in rows
    )
    return tag(
        "table",
        tag("thead", tag("tr", *(tag("th", head, scope="col") for head in heads))),
        tag("tbody", *body),
    )
