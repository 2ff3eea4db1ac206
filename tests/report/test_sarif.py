"""The SARIF format: the parts that code scanning reads."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from orchestrator.report import render
from orchestrator.report.context import Context
from orchestrator.types import Review
from tests.report.reviews import CLEAN, FULL, INCOMPLETE, LOOP, OFF_DIFF, SUPPRESSED, VACUUM, WITHHELD, context


def run(review: Review, using: Context | None = None) -> dict[str, Any]:
    log = json.loads(render("sarif", review, using or context()))
    assert log["version"] == "2.1.0"
    (only,) = log["runs"]
    assert isinstance(only, dict)
    return only


def results(review: Review, using: Context | None = None) -> dict[str, dict[str, Any]]:
    """The results by fingerprint."""
    return {
        result["partialFingerprints"]["orchestrateFingerprint/v1"]: result for result in run(review, using)["results"]
    }


def test_every_result_points_at_its_rule() -> None:
    only = run(FULL)
    rules = only["tool"]["driver"]["rules"]
    assert [rules[result["ruleIndex"]]["id"] for result in only["results"]] == [
        result["ruleId"] for result in only["results"]
    ]
    assert len({rule["id"] for rule in rules}) == len(rules)


def test_a_rule_brings_its_help_level_and_tags() -> None:
    rules = {rule["id"]: rule for rule in run(FULL)["tool"]["driver"]["rules"]}
    loop = rules["PYS002"]
    assert loop["name"] == "ActionInLoop"
    assert "_Bad_\n\n```\nfor region in regions:" in loop["help"]["markdown"]
    assert loop["defaultConfiguration"] == {"level": "error"}
    assert loop["properties"]["precision"] == "high"
    assert "security-severity" not in loop["properties"]
    assert rules["SEC001"]["properties"]["security-severity"] == "9.5"
    assert rules["DEL001"]["properties"]["precision"] == "medium"


def test_levels_follow_the_severities() -> None:
    found = results(FULL)
    by_severity = {finding.severity.value: found[finding.id]["level"] for finding in FULL.reported}
    assert by_severity == {"critical": "error", "high": "error", "medium": "warning", "low": "note", "info": "note"}


def test_a_result_points_at_its_columns_and_brings_the_lines_around() -> None:
    place = results(FULL)[LOOP.id]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": "src/bronze/ingest_orders.py", "uriBaseId": "%SRCROOT%"}
    assert place["region"] == {
        "startLine": 8,
        "startColumn": 26,
        "endLine": 8,
        "endColumn": 40,
        "snippet": {"text": LOOP.evidence},
    }
    assert (place["contextRegion"]["startLine"], place["contextRegion"]["endLine"]) == (6, 10)


def test_a_fix_deletes_a_region_and_inserts_text() -> None:
    (fix,) = results(FULL)[VACUUM.id]["fixes"]
    (change,) = fix["artifactChanges"]
    assert change["replacements"] == [
        {
            "deletedRegion": {"startLine": 2, "startColumn": 26, "endLine": 2, "endColumn": 41},
            "insertedContent": {"text": ""},
        }
    ]


@pytest.mark.parametrize(("by", "kind"), [("comment: why", "inSource"), ("baseline", "external")])
def test_a_suppressed_finding_is_marked_not_left_out(by: str, kind: str) -> None:
    found = results(replace(CLEAN, findings=(replace(SUPPRESSED, suppressed_by=by),)))
    assert found[SUPPRESSED.id]["suppressions"] == [{"kind": kind, "status": "accepted", "justification": by}]


def test_withheld_findings_are_never_results_and_old_ones_only_on_demand() -> None:
    assert {WITHHELD.id, OFF_DIFF.id} & set(results(FULL)) == set()
    shown = results(FULL, context(show_all=True))
    assert WITHHELD.id not in shown
    assert shown[OFF_DIFF.id]["properties"]["inDiff"] is False


def test_an_incomplete_run_did_not_succeed_and_says_where() -> None:
    (invocation,) = run(INCOMPLETE)["invocations"]
    assert invocation["executionSuccessful"] is False
    (notification,) = invocation["toolExecutionNotifications"]
    assert notification["message"]["text"] == "src/broken.py was not reviewed in full: line 3: unexpected indent"
    assert run(CLEAN)["invocations"] == [{"executionSuccessful": True, "toolExecutionNotifications": []}]


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        ("a b/c#d.py", "a%20b/c%23d.py"),
        ("ü%.sql", "%C3%BC%25.sql"),
        ("a:b.py", "a%3Ab.py"),
        ("\udcff.py", "%ED%B3%BF.py"),
    ],
)
def test_paths_are_percent_encoded(path: str, uri: str) -> None:
    moved = replace(LOOP, location=replace(LOOP.location, path=path))
    place = results(replace(CLEAN, findings=(moved,)))[LOOP.id]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == uri


def test_a_message_cannot_smuggle_in_a_link() -> None:
    found = results(replace(CLEAN, findings=(replace(LOOP, message="see [this](https://evil.example)"),)))
    assert "](" not in found[LOOP.id]["message"]["text"]
