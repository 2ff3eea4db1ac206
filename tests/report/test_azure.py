"""The Azure DevOps format, judged by a schema written from the page of Microsoft that describes the request.

https://learn.microsoft.com/rest/api/azure/devops/git/pull-request-threads/create
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import jsonschema
import pytest

from orchestrator.report import render
from orchestrator.report.azure import LIMIT, PROPERTY
from orchestrator.report.context import Context
from orchestrator.report.log_commands import without_commands
from orchestrator.types import Finding, Location, Review, Standing
from tests.report.reviews import (
    CLEAN,
    EMPTINESS,
    FULL,
    HOST,
    INCOMPLETE,
    LOOP,
    OFF_DIFF,
    SUPPRESSED,
    TRAPS,
    VACUUM,
    WITHHELD,
    context,
    hostile,
    hostile_context,
)
from tests.report.test_markdown import LINKED, read

POSITION = {
    "type": "object",
    "required": ["line", "offset"],
    "additionalProperties": False,
    "properties": {"line": {"type": "integer", "minimum": 1}, "offset": {"type": "integer", "minimum": 1}},
}
SCHEMA = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "array",
    "items": {
        "type": "object",
        "required": ["comments", "status", "properties"],
        "additionalProperties": False,
        "properties": {
            "comments": {
                "type": "array",
                "minItems": 1,
                "maxItems": 1,
                "items": {
                    "type": "object",
                    "required": ["parentCommentId", "content", "commentType"],
                    "additionalProperties": False,
                    "properties": {
                        "parentCommentId": {"const": 0},
                        "content": {"type": "string", "minLength": 1, "maxLength": 150_000},
                        "commentType": {"const": 1},
                    },
                },
            },
            "status": {"const": 1},
            "properties": {
                "type": "object",
                "required": [PROPERTY],
                "additionalProperties": {
                    "type": "object",
                    "required": ["$type", "$value"],
                    "properties": {"$type": {"enum": ["System.String", "System.Int32"]}},
                },
            },
            "threadContext": {
                "type": "object",
                "required": ["filePath", "rightFileStart", "rightFileEnd"],
                "additionalProperties": False,
                "properties": {
                    "filePath": {"type": "string", "pattern": "^/[^/]"},
                    "rightFileStart": POSITION,
                    "rightFileEnd": POSITION,
                },
            },
        },
    },
}
"""The numbers are those of the page's sample requests; without `threadContext` a thread is about the whole request."""


def threads(review: Review, using: Context | None = None) -> list[dict[str, Any]]:
    """The threads of a report that the schema accepts."""
    found: list[dict[str, Any]] = json.loads(render("azure", review, using or context()))
    jsonschema.Draft202012Validator(SCHEMA).validate(found)
    return found


def about(thread: dict[str, Any]) -> str:
    """What a thread says it is about."""
    return str(thread["properties"][PROPERTY]["$value"])


def content(thread: dict[str, Any]) -> str:
    """The words of a thread's one comment."""
    return str(thread["comments"][0]["content"])


def of(*findings: Finding) -> Review:
    """A complete review with these findings."""
    return replace(CLEAN, findings=findings)


def test_a_thread_bears_the_id_of_its_finding_and_the_worst_is_first() -> None:
    assert [about(each) for each in threads(FULL)][:2] == [VACUUM.id, LOOP.id]


@pytest.mark.parametrize("show_all", [False, True])
@pytest.mark.parametrize("finding", [SUPPRESSED, WITHHELD, OFF_DIFF], ids=["suppressed", "withheld", "off diff"])
def test_only_what_is_shown_and_in_the_diff_is_a_thread(finding: Finding, *, show_all: bool) -> None:
    assert [about(each) for each in threads(of(finding, LOOP), context(show_all=show_all))] == [LOOP.id]


@pytest.mark.parametrize(
    ("finding", "start", "end"),
    [
        (LOOP, {"line": 8, "offset": 26}, {"line": 8, "offset": 40}),
        (VACUUM, {"line": 2, "offset": 1}, {"line": 2, "offset": 42}),
        (HOST, {"line": 4, "offset": 3}, {"line": 6, "offset": 50}),
    ],
    ids=["columns", "a whole line", "three lines"],
)
def test_a_thread_spans_what_its_finding_is_about(finding: Finding, start: object, end: object) -> None:
    (thread,) = threads(of(finding))
    assert thread["threadContext"]["rightFileStart"] == start
    assert thread["threadContext"]["rightFileEnd"] == end
    assert thread["threadContext"]["filePath"] == f"/{finding.location.path}"


def test_a_notebook_is_commented_at_its_line_of_the_file_and_the_cell_is_told() -> None:
    (thread,) = threads(of(replace(SUPPRESSED, suppressed_by=None)))
    assert thread["threadContext"]["rightFileStart"] == thread["threadContext"]["rightFileEnd"]
    assert thread["threadContext"]["rightFileStart"] == {"line": 1, "offset": 1}
    assert "cell 3" in content(thread)


@pytest.mark.parametrize("line", ["", 'token = "dapi…redacted"'], ids=["unknown", "masked"])
def test_no_end_is_guessed_of_a_line_that_is_not_known_as_it_is(line: str) -> None:
    def snippet(location: Location, before: int = 2, after: int = 2) -> tuple[tuple[int, str], ...]:
        del before, after
        return ((location.end_line, line),) if line else ()

    (thread,) = threads(of(VACUUM), replace(context(), snippet=snippet))
    assert thread["threadContext"]["rightFileEnd"] == {"line": 2, "offset": 1}


def test_a_comment_tells_how_to_mend_and_that_nobody_refuted() -> None:
    unproven = replace(EMPTINESS, standing=Standing.UNVERIFIED, standing_reason="no refuter was asked")
    (thread,) = threads(of(unproven))
    assert "unverified: no refuter was asked" in content(thread)
    assert "+    return not frame.isEmpty()" in content(thread)


def test_what_was_not_reviewed_is_one_thread_about_no_file_and_changes_with_its_words() -> None:
    first, again = threads(INCOMPLETE)[0], threads(INCOMPLETE)[0]
    assert "threadContext" not in first
    assert content(first).startswith("**Incomplete**: 1 file could not be reviewed")
    assert "src/broken.py was not reviewed in full: line 3: unexpected indent" in content(first)
    other = replace(INCOMPLETE, coverage=(replace(INCOMPLETE.coverage[0], path="src/other.py"),))
    assert about(first) == about(again) != about(threads(other)[0])
    assert threads(CLEAN) == []


def test_a_huge_review_is_the_worst_threads_and_how_many_more_there_are() -> None:
    many = [replace(LOOP, id=f"{number:016x}") for number in range(LIMIT + 5)]
    found = threads(of(*many, VACUUM))
    assert len(found) == LIMIT + 1
    assert "**6 more findings** in the report of the run." in content(found[0])
    assert about(found[1]) == VACUUM.id


@pytest.mark.parametrize("trap", [*TRAPS, "!42", "fixes !7 and #8", "@<66DDA6C5-07D0-4484-9979-116241219397>"])
def test_no_trap_becomes_markup_a_link_or_a_mention(trap: str) -> None:
    for thread in threads(hostile(trap), hostile_context(trap)):
        page = read(content(thread))
        assert page.tags <= {"p", "strong", "em", "code", "pre", "ul", "li", "a"}
        assert page.attributes <= {"class", "href"}
        assert all(link.startswith("https://example.org/") for link in page.links if link not in TRAPS)
        assert LINKED.search(page.prose) is None
        assert "!4" not in page.prose
        assert "!7" not in page.prose


def test_commands_of_a_log_are_spelled_and_mean_the_same() -> None:
    report = render("azure", hostile("##vso[task.setvariable]x"), context())
    printed = without_commands("azure", report)
    assert "##vso" in report
    assert "##vso" not in printed
    assert json.loads(printed) == json.loads(report)


def test_a_path_that_is_not_utf8_does_not_cost_the_report() -> None:
    moved = replace(LOOP, location=replace(LOOP.location, path="b\udcff.py"))
    (thread,) = threads(of(moved))
    assert thread["threadContext"]["filePath"] == "/b\N{REPLACEMENT CHARACTER}.py"
