"""The review as one self-contained HTML file: nothing is fetched, and without scripts only the filters are missing."""

from __future__ import annotations

import re
from collections import Counter
from itertools import groupby
from typing import TYPE_CHECKING, TypeAlias

from orchestrator.report.html_finding import article
from orchestrator.report.html_markup import Html, tag
from orchestrator.report.html_page import page
from orchestrator.report.html_sections import coverage, filters, masthead, measured, notes, rules, specialists
from orchestrator.report.verdict import uncounted, verdict
from orchestrator.report.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from orchestrator.report.context import Context, RulePage
    from orchestrator.types import Finding, Review

Card: TypeAlias = "tuple[Finding, Html]"
"""A finding with its article."""

_UNSAFE_IN_ANCHOR = re.compile(r"[^A-Za-z0-9_-]+")


def render(review: Review, context: Context) -> str:
    """The whole page; findings that do not count are there too, folded."""
    title = f"{review.project}: {verdict(review, context.fail_on).outcome}"
    return page(title, *_body(review, context))


def _body(review: Review, context: Context) -> Iterator[Html]:
    pages = _pages(review, context)
    cards = [
        (finding, article(finding, anchor, _page_anchor(finding.rule, pages), context))
        for finding, anchor in zip(review.findings, _anchors(review.findings), strict=True)
    ]
    shown = [card for card in cards if card[0].counts]
    rest = [card for card in cards if not card[0].counts]
    yield tag("a", "Skip to the findings", href="#part-findings", class_="skip")
    yield masthead(review, verdict(review, context.fail_on))
    yield tag(
        "div",
        filters(review.findings) if review.findings else None,
        tag(
            "main",
            tag("p", counted(len(shown), "finding"), id="shown", role="status"),
            tag("section", *_by_file(shown), id="part-findings", aria_label="Findings"),
            _not_counted(review, rest, is_open=context.show_all),
            *map(measured, review.tables),
            coverage(review),
            specialists(review.specialists),
            notes(review.notes),
            rules(pages),
        ),
        class_="layout",
    )
    yield tag("footer", f"orchestrate {review.version}", class_="foot")


def _by_file(cards: list[Card]) -> Iterator[Html]:
    """The articles under their files, the file with the worst finding first."""
    if not cards:
        yield tag("p", "No findings.", class_="empty")
    ordered = sorted(cards, key=lambda card: (card[0].location, card[0].severity.rank, card[0].rule))
    groups = [list(group) for _, group in groupby(ordered, key=lambda card: card[0].location.path)]
    for group in sorted(groups, key=lambda group: min(finding.severity.rank for finding, _ in group)):
        path = group[0][0].location.path
        yield tag(
            "section",
            tag("h2", tag("span", path, class_="path"), tag("span", str(len(group)), class_="count")),
            *(card for _, card in group),
            class_="file",
            data_path=path,
        )


def _not_counted(review: Review, cards: list[Card], *, is_open: bool) -> Html | None:
    if not cards:
        return None
    return tag(
        "details",
        tag("summary", tag("strong", "Not counted: "), str(uncounted(review))),
        *_by_file(cards),
        id="part-uncounted",
        class_="uncounted",
        open=is_open,
    )


def _anchors(findings: Iterable[Finding]) -> Iterator[str]:
    """The anchor of each finding: its id, with a number where two are alike."""
    taken: Counter[str] = Counter()
    for finding in findings:
        name = _UNSAFE_IN_ANCHOR.sub("-", finding.id)[:80] or "finding"
        taken[name] += 1
        yield name if taken[name] == 1 else f"{name}.{taken[name]}"


def _pages(review: Review, context: Context) -> dict[str, RulePage]:
    """The pages of the rules that found something, by their anchors, in the order of their ids."""
    found = {rule: context.page(rule) for rule in sorted({finding.rule for finding in review.findings})}
    return {_rule_name(rule): page for rule, page in found.items() if page}


def _page_anchor(rule: str, pages: dict[str, RulePage]) -> str | None:
    name = _rule_name(rule)
    return name if name in pages else None


def _rule_name(rule: str) -> str:
    return f"rule-{_UNSAFE_IN_ANCHOR.sub('-', rule)}"
