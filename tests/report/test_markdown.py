"""The Markdown format, read back by a Markdown parser: bounded, and nothing in it acts."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from markdown_it import MarkdownIt

from orchestrator.report import render
from orchestrator.report.markdown import LIMIT
from orchestrator.report.markdown_text import code, fenced, prose
from orchestrator.types import Coverage, Location, Status
from tests.report.reviews import CLEAN, FULL, INCOMPLETE, LOOP, TRAPS, context, hostile, hostile_context

OURS = {
    "h2", "h3", "p", "table", "thead", "tbody", "tr", "th", "td", "strong", "em", "code", "pre", "details", "summary",
    "sub", "ul", "li", "a",
}  # fmt: skip
LINKED = re.compile(r"@\w|#\d|gh-\d|https?://|www\.", re.IGNORECASE)


class Page(HTMLParser):
    """The tags and links of a page, and the text that is neither code nor link."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.links: list[str] = []
        self.attributes: set[str] = set()
        self.rows: list[int] = []
        self.prose = ""
        self._quiet = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links += [value or "" for name, value in attrs if name == "href"]
        self._quiet += tag in {"code", "a"}
        if tag == "tr":
            self.rows.append(0)
        if tag in {"td", "th"}:
            self.rows[-1] += 1

    def handle_endtag(self, tag: str) -> None:
        self._quiet -= tag in {"code", "a"}

    def handle_data(self, data: str) -> None:
        self.prose += "" if self._quiet else data


def read(markdown: str) -> Page:
    page = Page()
    page.feed(MarkdownIt("commonmark", {"html": True}).enable("table").render(markdown))
    return page


@pytest.mark.parametrize("trap", TRAPS)
def test_no_trap_becomes_markup_a_link_or_a_mention(trap: str) -> None:
    page = read(render("markdown", hostile(trap), hostile_context(trap)))
    assert page.tags <= OURS
    assert page.attributes <= {"class", "href", "open"}
    assert all(link.startswith("https://example.org/") for link in page.links if link not in TRAPS)
    assert LINKED.search(page.prose) is None
    assert set(page.rows) <= {2, 3, 5}


def test_a_fence_is_longer_than_any_in_the_code() -> None:
    assert fenced("a\n`````\nb").startswith("``````\n")
    assert code("a ``` b") == "````a ``` b````"


def test_code_spans_of_a_message_stay_code_and_the_rest_is_inert() -> None:
    assert prose("`df.count()` by @ann for <b>") == "`df.count()` by `@ann` for \\<b\\>"


def test_a_huge_review_stays_within_the_limit_and_says_how_many_are_left_out() -> None:
    findings = tuple(
        replace(LOOP, id=str(line), location=Location(path="a.py", start_line=line, end_line=line))
        for line in range(1, 1_001)
    )
    coverage = tuple(Coverage(path=f"{n}.sql", status=Status.SKIPPED, reason="r" * 500) for n in range(500))
    printed = render("markdown", replace(FULL, findings=findings, coverage=coverage), context())
    left_out = re.search(r"\*\*([\d,]+) more findings\*\* did not fit here", printed)
    assert len(printed) <= LIMIT
    assert left_out is not None
    assert printed.count("**PYS002**") + int(left_out[1].replace(",", "")) == 1_000
    assert "450 more files" in printed


def test_the_worst_findings_stand_first() -> None:
    printed = render("markdown", FULL, context())
    headings = re.findall(r"^### (\w+)$", printed, re.MULTILINE)
    assert headings == ["Critical", "High", "Medium", "Low", "Info"]


def test_a_fix_is_shown_as_a_diff() -> None:
    printed = render("markdown", FULL, context())
    assert "-    return frame.count() > 0\n+    return not frame.isEmpty()" in printed


def test_the_coverage_is_open_only_when_something_is_missing() -> None:
    assert "<details open>\n<summary>Coverage" in render("markdown", INCOMPLETE, context())
    assert "<details open>" not in render("markdown", CLEAN, context())
