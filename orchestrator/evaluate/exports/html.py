"""A scored run as one self-contained HTML file: numbers first, then every case with its code, misses and false ones.

Nothing is fetched; without scripts only the filters are missing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.evaluate.exports.figures import Figure, Table, figures, provenance, tables, warnings_of
from orchestrator.evaluate.exports.html_code import whole_files
from orchestrator.evaluate.exports.html_item import article
from orchestrator.evaluate.exports.items import CaseItems, Standing, case_items
from orchestrator.report.html_markup import Html, joined, link, tag
from orchestrator.report.html_page import page
from orchestrator.report.wording import counted
from orchestrator.types import Severity

if TYPE_CHECKING:
    from orchestrator.evaluate.exports.report import Report

_STYLE = Path(__file__).parent / "assets" / "eval.css"
_UNSAFE_IN_ANCHOR = re.compile(r"[^A-Za-z0-9_-]+")


def render(report: Report) -> str:
    """The whole page."""
    cases = case_items(report)
    return page(f"{report.scored.system} on {report.scored.suite}", *_body(report, cases), more_style=_STYLE)


def _body(report: Report, cases: tuple[CaseItems, ...]) -> Iterator[Html]:
    total = sum(len(case.items) for case in cases)
    yield tag("a", "Skip to the cases", href="#part-cases", class_="skip")
    yield _masthead(report)
    yield tag(
        "div",
        _filters(cases) if total else None,
        tag(
            "main",
            _numbers(report),
            tag("p", counted(total, "finding"), id="shown", role="status"),
            _key(),
            tag("section", *_cases([case for case in cases if case.items]), id="part-cases", aria_label="Cases"),
            _quiet([case for case in cases if not case.items]),
        ),
        class_="layout",
    )
    yield tag("footer", "; ".join(provenance(report)), class_="foot")


def _masthead(report: Report) -> Html:
    scored = report.scored
    label = "note" if report.is_quality else "not measured"
    return tag(
        "header",
        tag(
            "div",
            tag("p", "orchestrate eval", class_="brand"),
            tag("button", "Dark", type="button", id="theme", hidden=True),
            class_="bar",
        ),
        tag("h1", f"{scored.system} on {scored.suite}"),
        *(tag("p", tag("strong", label), tag("span", text), class_="verdict incomplete")
          for text in warnings_of(report)),
        tag("dl", *map(_figure, figures(report)), class_="figures"),
        class_="masthead",
    )  # fmt: skip


def _figure(figure: Figure) -> Html:
    range_ = tag("span", figure.range, class_="more") if figure.range else None
    return tag("div", tag("dt", figure.name), tag("dd", figure.value, " ", range_))


def _numbers(report: Report) -> Html:
    return tag(
        "section",
        *(tag("details", tag("summary", one.title), _table(one)) for one in tables(report)),
        id="part-numbers",
    )


def _table(table: Table) -> Html:
    rows = (
        tag("tr", *(tag("td", cell, data_head=head) for head, cell in zip(table.heads, row, strict=True)))
        for row in table.rows
    )
    heads = (tag("th", head, scope="col") for head in table.heads)
    whole = tag("table", tag("thead", tag("tr", *heads)), tag("tbody", *rows))
    return tag("div", whole, class_="scroll", tabindex=0, role="region", aria_label=table.title)


def _key() -> Html:
    return tag(
        "p",
        tag("mark", "G", class_="g"),
        " a golden that was missed or stands elsewhere, ",
        tag("mark", "F", class_="f"),
        " a finding, ",
        tag("mark", "GF", class_="b"),
        " both",
        class_="more key",
    )


def _cases(cases: Iterable[CaseItems]) -> Iterator[Html]:
    taken = 0
    for case in cases:
        cards = []
        for item in case.items:
            taken += 1
            named = item.golden.id if item.golden else item.said.rule if item.said else "item"
            anchor = _UNSAFE_IN_ANCHOR.sub("-", f"{case.score.case}-{named}")[:80]
            cards.append(article(case, item, f"{anchor}.{taken}"))
        yield tag(
            "section",
            tag("h2", tag("span", case.name, class_="path"), tag("span", str(len(cards)), class_="count")),
            _about(case),
            whole_files(case),
            *cards,
            class_="file",
            data_path=case.name,
        )


def _quiet(cases: list[CaseItems]) -> Html | None:
    """The cases in which nothing was expected and nothing said; the filters leave them alone."""
    if not cases:
        return None
    named = (tag("li", tag("code", case.name), " ", case.case.spec.title) for case in cases)
    title = f"{counted(len(cases), 'case')} in which nothing was expected, and nothing was said"
    return tag("details", tag("summary", title), tag("ul", *named), id="part-quiet")


def _about(case: CaseItems) -> Html:
    spec = case.case.spec
    facts = [spec.kind, spec.domain, spec.tier, f"origin: {spec.origin.kind}"]
    sources = (joined(" ", link(address)) for address in spec.origin.sources)
    return tag("p", f"{spec.title}. ", ", ".join(facts), ".", *sources, class_="about")


def _filters(cases: tuple[CaseItems, ...]) -> Html:
    """The controls that the script of all our pages serves; hidden until it runs."""
    items = [item for case in cases for item in case.items]
    standings = [one.value for one in Standing if any(item.standing is one for item in items)]
    severities = [one.value for one in Severity if any(item.severity is one for item in items)]
    return tag(
        "details",
        tag("summary", "Filter"),
        tag(
            "form",
            tag("label", "Search ", tag("kbd", "/"), for_="search"),
            tag("input", type="search", id="search", placeholder="Text, rule or case", autocomplete="off"),
            _boxes("Outcome", "specialist", standings),
            _boxes("Severity", "severity", severities),
            tag("label", "Case", for_="file"),
            tag(
                "select",
                tag("option", "All cases", value=""),
                *(tag("option", case.name) for case in cases if case.items),
                id="file",
            ),
            tag("label", tag("input", type="checkbox", id="uncounted"), class_="box"),
            tag("button", "Clear", type="reset"),
            tag("p", "Keys: ", tag("kbd", "j"), " next, ", tag("kbd", "k"), " previous", class_="more"),
            id="controls",
        ),
        id="filters",
        class_="filters",
        hidden=True,
    )


def _boxes(title: str, name: str, values: list[str]) -> Html:
    boxes = (
        tag("label", tag("input", type="checkbox", name=name, value=value, checked=True), f" {value}", class_="box")
        for value in values
    )
    return tag("fieldset", tag("legend", title), *boxes)
