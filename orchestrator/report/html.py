"""The review as one self-contained HTML file: nothing is fetched, and without scripts only the filters are missing."""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.report.html_finding import article
from orchestrator.report.html_markup import Html, tag
from orchestrator.report.html_sections import coverage, filters, masthead, notes, rules, specialists
from orchestrator.report.verdict import uncounted, verdict
from orchestrator.report.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from orchestrator.report.context import Context, RulePage
    from orchestrator.types import Finding, Review

_ASSETS = Path(__file__).parent / "assets"
_UNSAFE_IN_ANCHOR = re.compile(r"[^A-Za-z0-9_-]+")


def render(review: Review, context: Context) -> str:
    """The whole page; findings that do not count are there too, folded."""
    style, script = _asset("report.css"), _asset("report.js")
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=_policy(style, script)),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("meta", name="referrer", content="no-referrer"),
        tag("title", f"{review.project}: {verdict(review, context.fail_on).outcome}"),
        tag("link", rel="icon", href="data:,"),
        tag("style", style),
    )
    body = tag("body", *_body(review, context), tag("script", script))
    return f"<!doctype html>\n{tag('html', head, body, lang='en')}\n"


def _body(review: Review, context: Context) -> Iterator[Html]:
    pages = _pages(review, context)
    shown = [finding for finding in review.findings if finding.counts]
    rest = [finding for finding in review.findings if not finding.counts]
    names = _anchors(review.findings)
    cards = {
        id(finding): article(finding, names[id(finding)], _page_anchor(finding.rule, pages), context)
        for finding in review.findings
    }
    yield tag("a", "Skip to the findings", href="#part-findings", class_="skip")
    yield masthead(review, verdict(review, context.fail_on))
    yield tag(
        "div",
        filters(review.findings) if review.findings else None,
        tag(
            "main",
            tag("p", counted(len(shown), "finding"), id="shown", role="status"),
            tag("section", *_by_file(shown, cards), id="part-findings", aria_label="Findings"),
            _not_counted(review, rest, cards, is_open=context.show_all),
            coverage(review),
            specialists(review.specialists),
            notes(review.notes),
            rules(pages),
        ),
        class_="layout",
    )
    yield tag("footer", f"orchestrate {review.version}", class_="foot")


def _by_file(findings: list[Finding], cards: dict[int, Html]) -> Iterator[Html]:
    """The articles under their files, the file with the worst finding first."""
    if not findings:
        yield tag("p", "No findings.", class_="empty")
    by_path = sorted(findings, key=lambda finding: (finding.location, finding.severity.rank, finding.rule))
    groups = [list(group) for _, group in groupby(by_path, key=lambda finding: finding.location.path)]
    for group in sorted(groups, key=lambda group: min(finding.severity.rank for finding in group)):
        path = group[0].location.path
        yield tag(
            "section",
            tag("h2", tag("span", path, class_="path"), tag("span", str(len(group)), class_="count")),
            *(cards[id(finding)] for finding in group),
            class_="file",
            data_path=path,
        )


def _not_counted(review: Review, findings: list[Finding], cards: dict[int, Html], *, is_open: bool) -> Html | None:
    if not findings:
        return None
    return tag(
        "details",
        tag("summary", tag("strong", "Not counted: "), str(uncounted(review))),
        *_by_file(findings, cards),
        id="part-uncounted",
        class_="uncounted",
        open=is_open,
    )


def _anchors(findings: Iterable[Finding]) -> dict[int, str]:
    """The anchor of each finding by its identity: its id, with a number where two are alike."""
    taken: dict[str, int] = {}
    names: dict[int, str] = {}
    for finding in findings:
        name = _UNSAFE_IN_ANCHOR.sub("-", finding.id)[:80] or "finding"
        taken[name] = taken.get(name, 0) + 1
        names[id(finding)] = name if taken[name] == 1 else f"{name}.{taken[name]}"
    return names


def _pages(review: Review, context: Context) -> dict[str, RulePage]:
    """The pages of the rules that found something, by their anchors, in the order of their ids."""
    found = {rule: context.page(rule) for rule in sorted({finding.rule for finding in review.findings})}
    return {_rule_name(rule): page for rule, page in found.items() if page}


def _page_anchor(rule: str, pages: dict[str, RulePage]) -> str | None:
    name = _rule_name(rule)
    return name if name in pages else None


def _rule_name(rule: str) -> str:
    return f"rule-{_UNSAFE_IN_ANCHOR.sub('-', rule)}"


def _asset(name: str) -> Html:
    """One of our own files, as markup: it is printed as it is."""
    return Html((_ASSETS / name).read_text(encoding="utf-8"))


def _policy(style: str, script: str) -> str:
    """A policy that runs these two and fetches nothing at all."""
    parts = {
        "default-src": "'none'",
        "style-src": _hash(style),
        "script-src": _hash(script),
        "img-src": "data:",
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in parts.items())


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"
