"""The HTML format, read back by an HTML parser: self-contained, escaped, and navigable without scripts."""

from __future__ import annotations

import re
from base64 import b64encode
from dataclasses import replace
from hashlib import sha256
from html.parser import HTMLParser

import pytest

from orchestrator.report import render
from orchestrator.types import Review
from tests.report.reviews import CLEAN, FULL, INCOMPLETE, LOOP, TRAPS, context, hostile, hostile_context

OURS = {
    "html", "head", "meta", "title", "link", "style", "body", "script", "a", "header", "div", "p", "button", "h1", "h2",
    "h3", "strong", "span", "dl", "dt", "dd", "svg", "rect", "ul", "li", "b", "details", "summary", "form", "label",
    "input", "kbd", "fieldset", "legend", "select", "option", "main", "section", "article", "code", "pre", "mark",
    "ins", "del", "table", "thead", "tbody", "tr", "th", "td", "footer",
}  # fmt: skip


class Page(HTMLParser):
    """Everything of a page that could act."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        self.text += data

    def values(self, name: str) -> list[str]:
        """The values of every attribute of that name."""
        return [value for key, value in self.attributes if key == name]


def read(html: str) -> Page:
    page = Page()
    page.feed(html)
    return page


@pytest.mark.parametrize("trap", TRAPS)
def test_no_trap_becomes_markup_or_an_attribute_that_acts(trap: str) -> None:
    page = read(render("html", hostile(trap), hostile_context(trap)))
    names = {name for name, _ in page.attributes}
    assert set(page.tags) <= OURS
    assert page.tags.count("script") == page.tags.count("style") == 1
    assert not {name for name in names if name.startswith("on")}
    assert not names & {"src", "srcset", "style", "action", "formaction", "srcdoc"}
    assert all(address.startswith(("#", "https://", "data:,")) for address in page.values("href"))


@pytest.mark.parametrize("review", [CLEAN, FULL, INCOMPLETE])
def test_every_anchor_is_unique_and_every_link_inside_leads_somewhere(review: Review) -> None:
    page = read(render("html", review, context()))
    anchors = page.values("id")
    inside = [address[1:] for address in page.values("href") if address.startswith("#")]
    assert len(anchors) == len(set(anchors))
    assert set(inside) <= set(anchors)


def test_a_finding_is_linked_by_its_id_and_twins_are_told_apart() -> None:
    page = read(render("html", replace(FULL, findings=(LOOP, LOOP)), context()))
    assert {LOOP.id, f"{LOOP.id}.2"} <= set(page.values("id"))


def test_the_policy_allows_this_script_and_this_style_and_nothing_else() -> None:
    html = render("html", FULL, context())
    page = read(html)
    policy = next(value for value in page.values("content") if "default-src" in value)
    for element, directive in (("script", "script-src"), ("style", "style-src")):
        found = re.search(rf"<{element}>(.*?)</{element}>", html, re.DOTALL)
        assert found is not None
        digest = b64encode(sha256(found[1].encode()).digest()).decode()
        assert f"{directive} 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy


def test_the_code_is_marked_at_the_very_columns() -> None:
    html = render("html", FULL, context())
    assert '<mark class="line"><span class="number">8</span>        totals[region] = <span class="exact">' in html
    assert '<span class="exact">orders.count()</span></mark>' in html


def test_the_evidence_stands_in_for_sources_that_are_not_at_hand() -> None:
    review = replace(CLEAN, findings=(replace(LOOP, location=replace(LOOP.location, path="gone.py")),))
    assert '<span class="number">8</span>' in render("html", review, context())


def test_what_does_not_count_is_folded_away_and_says_why() -> None:
    html = render("html", FULL, context())
    folded = html.partition('<details id="part-uncounted"')[2].partition('id="part-coverage"')[0]
    assert "suppressed by comment: a sample value, see the README" in folded
    assert "withheld: its evidence could not be verified" in folded
    assert "<h3>the bundle is named twice</h3>" in folded
    assert html.count("<h3>the bundle is named twice</h3>") == 1


def test_a_clean_review_offers_no_filters() -> None:
    assert 'id="filters"' not in render("html", CLEAN, context())
