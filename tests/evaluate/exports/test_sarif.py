"""The SARIF of a scored run: the reviewer's errors at their places in the suite."""

from __future__ import annotations

import json

from orchestrator.evaluate.exports import render
from tests.evaluate.exports.samples import full


def test_misses_false_and_unlabelled_findings_are_results_at_their_files_in_the_suite() -> None:
    (run,) = json.loads(render("sarif", full()))["runs"]
    places = [
        (
            result["ruleId"],
            result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"],
            result["locations"][0]["physicalLocation"]["region"]["startLine"],
        )
        for result in run["results"]
    ]
    folder = "dev/checkpoints/two-queries"
    assert places == [
        ("eval-false", f"{folder}/input/src/load.py", 3),
        ("eval-unlabelled", f"{folder}/input/src/load.py", 5),
        ("eval-missed", f"{folder}/input/src/load.py", 6),
        ("eval-false", f"{folder}/input/src/load.py", 9),
        ("eval-false", f"{folder}/input/src/load.py", 10),
        ("eval-false", f"{folder}/twin/src/load.py", 8),
    ]


def test_the_log_never_replaces_that_of_a_review() -> None:
    (run,) = json.loads(render("sarif", full()))["runs"]
    assert run["automationDetails"]["id"] == "orchestrate/eval/sample/rules/"
    assert "how: rules" in run["properties"]["provenance"]
