"""The HTML of a scored run: goldens and findings side by side, code marked, nothing but text from what is hostile."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from orchestrator.evaluate.exports import render
from tests.evaluate.exports.samples import full, hostile, synthetic
from tests.evaluate.exports.test_every_format import STORABLE

VOID = {"br", "hr", "input", "link", "meta"}


class Reader(HTMLParser):
    """Which elements stand in the page, and whether each is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def read(html: str) -> Reader:
    reader = Reader()
    reader.feed(html)
    reader.close()
    assert reader.open == []
    return reader


def articles(html: str) -> list[str]:
    return re.findall(r"<article .*?</article>", html, re.DOTALL)


def test_every_golden_and_every_finding_is_an_article_with_its_outcome() -> None:
    shown = re.findall(r'<article [^>]*data-specialists="(\w+)"', render("html", full()))
    assert shown == ["neutral", "false", "unlabelled", "missed", "duplicate", "found", "false", "false", "false"]


def test_a_golden_and_what_found_it_stand_side_by_side() -> None:
    found = next(each for each in articles(render("html", full())) if 'data-specialists="found"' in each)
    golden, _, said = found.partition("<h4>Found ")
    assert "shared-checkpoint, streaming, critical, T2, STR002" in golden
    assert "Two queries share <code>path</code>" in golden
    assert "<code>STR002</code>" in said
    assert "Matched by the golden&#x27;s own rule or kind." in said
    assert "The fixed twin is still reported." in golden


def test_the_lines_of_golden_and_finding_are_marked() -> None:
    html = render("html", full())
    missed = next(each for each in articles(html) if 'data-specialists="missed"' in each)
    assert '<mark class="line golden"><span class="who">G</span><span class="number">6</span>' in missed
    found = next(each for each in articles(html) if 'data-specialists="found"' in each)
    assert '<mark class="line golden found"><span class="who">GF</span><span class="number">8</span>' in found


def test_a_false_finding_says_why_it_is_false() -> None:
    html = render("html", full())
    assert "It looks wrong here and is right. A list of partitions is short." in html
    assert "What it quotes does not stand there." in html
    assert "The fixed twin does not have this defect any more." in html


def test_the_code_of_the_twin_is_shown_for_what_is_said_of_the_twin() -> None:
    of_twin = next(each for each in articles(render("html", full())) if "in the fixed twin" in each)
    assert "/returns" in of_twin


def test_a_case_in_which_nothing_happened_is_listed_and_not_filtered() -> None:
    html = render("html", full())
    assert "1 case in which nothing was expected, and nothing was said" in html
    assert "<option>test/counting/daily-total</option>" not in html


def test_the_page_is_whole_and_fetches_nothing() -> None:
    seen = read(render("html", full())).seen
    assert not [tag for tag, _ in seen if tag in {"img", "iframe", "object", "embed", "base", "form action"}]
    sources = {name: value for _, each in seen for name, value in each.items() if name in {"src", "srcset", "action"}}
    assert sources == {}
    assert [each["href"] for tag, each in seen if tag == "link"] == ["data:,"]


@pytest.mark.parametrize("trap", STORABLE)
def test_hostile_text_is_never_markup(trap: str) -> None:
    html = render("html", hostile(trap))
    seen = read(html).seen
    harmless = {tag for tag, _ in read(render("html", full())).seen}
    assert {tag for tag, _ in seen} <= harmless
    assert [tag for tag, _ in seen].count("script") == 1
    assert not [name for _, each in seen for name in each if name.startswith("on")]
    addresses = [each.get("href") or "" for _, each in seen]
    assert not [
        each for each in addresses if each and not each.startswith(("#", "https://docs.databricks.com", "data:,"))
    ]


def test_a_run_of_no_quality_shows_cases_and_no_tables() -> None:
    html = render("html", synthetic())
    assert "<table>" not in html
    assert "from a scripted model" in html
    assert len(articles(html)) == 9
