"""One golden or one finding as an HTML article: what was expected, what was said, and the code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.evaluate.exports.html_code import snippets
from orchestrator.evaluate.exports.items import Standing
from orchestrator.report.html_markup import Html, joined, prose, tag

if TYPE_CHECKING:
    from orchestrator.evaluate.counts import Verdict
    from orchestrator.evaluate.exports.items import CaseItems, Item

STRENGTHS = {
    "rule": "by the golden's own rule or kind",
    "accepted": "by an accepted name",
    "category": "by its category and place alone",
}
_NOTHING_SAID = "Nobody said it."
_NO_GOLDEN = {
    Standing.FALSE: "Nothing is wrong here.",
    Standing.DUPLICATE: "The same was said before.",
    Standing.UNLABELLED: "Nobody has labelled this.",
    Standing.NEUTRAL: "It counts neither for nor against.",
}


def article(case: CaseItems, item: Item, anchor: str) -> Html:
    """The item whole; the data attributes are what the filters read."""
    return tag(
        "article",
        _header(item, anchor),
        tag("div", _expected(item), _said(item), class_="sides"),
        *snippets(case, item),
        id=anchor,
        class_=f"finding {item.severity}",
        tabindex=-1,
        data_severity=item.severity,
        data_specialists=item.standing,
    )


def _header(item: Item, anchor: str) -> Html:
    first, last = item.lines
    lines = f"line {first}" if first == last else f"lines {first} to {last}"
    twin = tag("span", "in the fixed twin", class_="specialists") if item.variant == "twin" else None
    must = tag("span", "must be found", class_="specialists") if item.result and item.result.must_find else None
    return tag(
        "header",
        tag("span", item.standing.value, class_=f"standing {item.standing}"),
        tag("span", item.severity.value, class_="severity"),
        tag("code", item.file),
        must,
        twin,
        tag("a", lines, href=f"#{anchor}", class_="place", title="Link to this"),
    )


def _expected(item: Item) -> Html:
    golden, result = item.golden, item.result
    if result is None:
        text = item.why or _NO_GOLDEN.get(item.standing, "")
        return tag("section", tag("h4", "Golden"), tag("p", prose(text)), class_="side none")
    facts = [result.kind, result.category, result.severity, result.tier, *(golden.rules if golden else ())]
    return tag(
        "section",
        tag("h4", "Golden ", tag("code", result.id)),
        tag("p", ", ".join(facts), class_="more"),
        tag("p", prose(golden.rationale)) if golden else None,
        tag("p", "The fixed twin is still reported.", class_="marks") if result.quiet_twin is False else None,
        class_="side",
    )


def _said(item: Item) -> Html:
    verdict = item.verdict
    if verdict is None:
        return tag("section", tag("h4", "Found"), tag("p", _NOTHING_SAID), class_="side none")
    said = verdict.prediction
    facts = [*said.agents, said.category or "no category", said.severity.value, f"confidence {said.confidence}"]
    return tag(
        "section",
        tag("h4", "Found ", tag("code", said.rule)),
        tag("p", ", ".join(facts), class_="more"),
        tag("p", prose(said.message)),
        _fit(verdict),
        class_="side",
    )


def _fit(verdict: Verdict) -> Html | None:
    """How the finding met its golden."""
    if verdict.strength is None:
        return None
    gap = f", {verdict.gap} lines away" if verdict.gap else ""
    return tag("p", joined("Matched ", STRENGTHS[verdict.strength], gap, "."), class_="more")
