"""One finding as an HTML article: where, what, why, the code around it and the fix."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.report.html_markup import Html, joined, link, prose, tag
from orchestrator.report.preview import Hunk, preview
from orchestrator.report.verdict import standing_word
from orchestrator.report.visible import clipped
from orchestrator.report.wording import counted
from orchestrator.types import Source, Standing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.report.context import Context
    from orchestrator.types import Finding, Fix, Location

_CODE_LINES = 30
_CODE_WIDTH = 400
_STANDINGS = {
    "withheld": "withheld: its evidence could not be verified",
    "unverified": "not verified",
}


def article(finding: Finding, anchor: str, rule_anchor: str | None, context: Context) -> Html:
    """The finding whole; the data attributes are what the filters read."""
    return tag(
        "article",
        _header(finding, anchor, rule_anchor),
        tag("h3", prose(finding.message)),
        _marks(finding),
        _code(finding, context),
        tag("p", prose(finding.why), class_="why") if finding.why else None,
        _fix(finding.fix, context) if finding.fix else None,
        _references(finding),
        id=anchor,
        class_=f"finding {finding.severity}",
        tabindex=-1,
        data_severity=finding.severity,
        data_specialists=" ".join(finding.specialists),
    )


def _header(finding: Finding, anchor: str, rule_anchor: str | None) -> Html:
    location = finding.location
    column = f":{location.start_column}" if location.start_column > 1 else ""
    cell = f", cell {location.cell}" if location.cell is not None else ""
    rule = tag("a", finding.rule, href=f"#{rule_anchor}", class_="rule") if rule_anchor else None
    return tag(
        "header",
        tag("span", finding.severity.value, class_="severity"),
        rule or tag("span", finding.rule, class_="rule"),
        tag("span", ", ".join(finding.specialists), class_="specialists"),
        tag(
            "a",
            f"line {location.start_line}{column}{cell}",
            href=f"#{anchor}",
            class_="place",
            title="Link to this finding",
        ),
    )


def _marks(finding: Finding) -> Html | None:
    """What sets a finding apart from a plain, verified rule finding."""
    marks = []
    if word := standing_word(finding):
        by = f" by {finding.suppressed_by}" if word == "suppressed" and finding.suppressed_by else ""
        known = f"{word}: {finding.standing_reason}" if finding.standing_reason else _STANDINGS.get(word, word)
        marks.append(f"{known}{by}")
    if finding.source is not Source.RULE or finding.standing is not Standing.VERIFIED:
        marks.append(f"a {finding.source} finding, confidence {finding.confidence} of 100")
    return tag("p", "; ".join(marks), class_="marks") if marks else None


def _code(finding: Finding, context: Context) -> Html | None:
    location = finding.location
    numbered = context.snippet(location, 2, 2) or _evidence(finding)
    if not numbered:
        return None
    shown = joined(*(_line(number, text, location) for number, text in numbered[:_CODE_LINES]))
    more = len(numbered) - _CODE_LINES
    return joined(
        tag(
            "pre",
            tag("code", shown),
            class_="code",
            tabindex=0,
            role="region",
            aria_label=f"Code at {location.path} line {location.start_line}",
        ),
        tag("p", f"{counted(more, 'more line')} of this finding", class_="more") if more > 0 else None,
    )


def _evidence(finding: Finding) -> tuple[tuple[int, str], ...]:
    """The quoted lines with their numbers, for when the sources are not at hand."""
    return tuple(enumerate(finding.evidence.split("\n"), finding.location.start_line)) if finding.evidence else ()


def _line(number: int, text: str, location: Location) -> Html:
    is_hit = location.start_line <= number <= location.end_line
    digits = tag("span", str(number), class_="number")
    content = _exact(text, number, location) if is_hit else clipped(text, _CODE_WIDTH)
    return tag("mark" if is_hit else "span", digits, content, class_="line")


def _exact(text: str, number: int, location: Location) -> Html:
    """A marked line, the very columns of the defect underlined when the finding knows them."""
    start, end = location.start_column - 1, location.end_column
    is_one_line = location.start_line == location.end_line == number
    if not is_one_line or end is None or not start < end - 1 <= len(text) or end > _CODE_WIDTH:
        return joined(clipped(text, _CODE_WIDTH))
    rest = clipped(text[end - 1 :], _CODE_WIDTH)
    return joined(text[:start], tag("span", text[start : end - 1], class_="exact"), rest)


def _fix(fix: Fix, context: Context) -> Html:
    title = "Fix" if fix.safe else "Suggested fix"
    hunks = preview(fix, context)
    lines = joined(*(line for hunk in hunks for line in _hunk(hunk)))
    return tag(
        "details",
        tag("summary", tag("strong", title), " ", prose(fix.description)),
        tag("pre", tag("code", lines), class_="code change", tabindex=0, role="region", aria_label=title)
        if hunks
        else tag("p", counted(len(fix.edits), "edit"), class_="more"),
        class_="fix",
    )


def _hunk(hunk: Hunk) -> Iterator[Html]:
    for sign, name, lines in (("-", "del", hunk.before), ("+", "ins", hunk.after)):
        for line in lines[:_CODE_LINES]:
            yield tag(name, tag("span", sign, class_="number"), clipped(line, _CODE_WIDTH), class_="line")


def _references(finding: Finding) -> Html | None:
    if not finding.references:
        return None
    return tag("ul", *(tag("li", link(address)) for address in finding.references), class_="references")
