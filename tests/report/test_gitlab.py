"""The GitLab format, judged by a schema written from the page of GitLab that describes it.

https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import jsonschema
import pytest

from orchestrator.code.visible import ACTING
from orchestrator.report import render
from orchestrator.report.context import Context
from orchestrator.report.log_commands import without_commands
from orchestrator.types import Coverage, Finding, Review, SpecialistCoverage, Standing, Status
from tests.report.reviews import (
    CLEAN,
    FULL,
    HOST,
    INCOMPLETE,
    LOOP,
    MODEL,
    OFF_DIFF,
    SUPPRESSED,
    TRAPS,
    WITHHELD,
    context,
    hostile,
    hostile_context,
)

SCHEMA = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "additionalProperties": False,
        "properties": {
            "description": {"type": "string", "minLength": 1},
            "check_name": {"type": "string", "minLength": 1},
            "fingerprint": {"type": "string", "minLength": 1},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "additionalProperties": False,
                "properties": {
                    "path": {"type": "string", "pattern": "^[^/]"},
                    "lines": {
                        "type": "object",
                        "required": ["begin", "end"],
                        "additionalProperties": False,
                        "properties": {
                            "begin": {"type": "integer", "minimum": 1},
                            "end": {"type": "integer", "minimum": 1},
                        },
                    },
                },
            },
        },
    },
}
"""`lines.end` is of the Code Climate specification, of which GitLab reads a part."""


def issues(review: Review, using: Context | None = None) -> list[dict[str, Any]]:
    """The issues of a report that the schema accepts."""
    found: list[dict[str, Any]] = json.loads(render("gitlab", review, using or context()))
    jsonschema.Draft202012Validator(SCHEMA).validate(found)
    return found


def test_an_issue_bears_the_id_and_the_lines_of_its_finding() -> None:
    (issue,) = issues(replace(CLEAN, findings=(HOST,)))
    assert issue["fingerprint"] == HOST.id
    assert issue["check_name"] == HOST.rule
    assert issue["location"] == {"path": "databricks.yml", "lines": {"begin": 4, "end": 6}}


def test_severities_keep_their_order() -> None:
    assert [each["severity"] for each in issues(FULL)] == ["blocker", "critical", "major", "minor", "info"]


@pytest.mark.parametrize("show_all", [False, True])
@pytest.mark.parametrize("finding", [SUPPRESSED, WITHHELD, OFF_DIFF], ids=["suppressed", "withheld", "off diff"])
def test_only_what_is_shown_and_in_the_diff_is_an_issue(finding: Finding, *, show_all: bool) -> None:
    review = replace(CLEAN, findings=(finding, LOOP))
    assert [each["fingerprint"] for each in issues(review, context(show_all=show_all))] == [LOOP.id]


def test_what_nobody_refuted_and_what_a_model_said_is_marked() -> None:
    (issue,) = issues(replace(CLEAN, findings=(replace(MODEL, standing=Standing.UNVERIFIED),)))
    assert issue["description"].endswith("one region fails (unverified) (model, confidence 75)")


def test_a_notebook_has_its_cell_in_the_words_and_its_lines_of_the_file() -> None:
    (issue,) = issues(replace(CLEAN, findings=(replace(SUPPRESSED, suppressed_by=None),)))
    assert issue["description"] == "cell 3: `token` holds a literal credential"
    assert issue["location"] == {"path": "notebooks/explore.ipynb", "lines": {"begin": 1, "end": 1}}


def test_what_was_not_reviewed_is_an_issue_that_stays_the_same() -> None:
    first, second = (issues(replace(INCOMPLETE, findings=found)) for found in ((), (HOST,)))
    assert first[0] == second[0]
    assert first[0]["check_name"] == "not-reviewed"
    assert first[0]["location"]["path"] == "src/broken.py"


def test_a_specialist_that_did_not_finish_and_a_gap_of_no_file_are_issues() -> None:
    silent = SpecialistCoverage(name="cost-analyzer", status=Status.SKIPPED, rules=0, findings=0, incomplete=True)
    gap = Coverage(path=".", status=Status.SKIPPED, reason="no time was left", incomplete=True)
    found = issues(replace(CLEAN, specialists=(silent,), coverage=(gap,)))
    assert [each["description"] for each in found] == [
        "Incomplete review: no time was left",
        "Incomplete review: not finished: cost-analyzer",
    ]
    assert len({each["fingerprint"] for each in found}) == len(found)


@pytest.mark.parametrize("trap", [trap for trap in TRAPS if trap])
def test_words_of_a_project_are_one_visible_line_and_give_no_command(trap: str) -> None:
    for issue in issues(hostile(trap), hostile_context(trap)):
        assert "\n" not in issue["description"]
        assert ACTING.search(issue["description"]) is None
        assert len(issue["description"]) < 1_500


def test_commands_of_a_log_are_spelled_and_mean_the_same() -> None:
    report = render("gitlab", hostile("##vso[task.setvariable]x"), context())
    printed = without_commands("gitlab", report)
    assert "##vso" in report
    assert "##vso" not in printed
    assert json.loads(printed) == json.loads(report)


def test_a_path_that_is_not_utf8_does_not_cost_the_report() -> None:
    moved = replace(LOOP, location=replace(LOOP.location, path="b\udcff.py"))
    assert issues(replace(CLEAN, findings=(moved,)))[0]["location"]["path"] == "b\N{REPLACEMENT CHARACTER}.py"
