"""The review as a code quality report of GitLab: what is shown by default, on the lines of the diff where there is one.

The format is that of https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format. GitLab has no place
for what does not count, so `--all` adds nothing. What was not reviewed is an issue too: without it the report of a
review that saw nothing would read as better code.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from orchestrator.report.json_text import json_text
from orchestrator.report.placing import gaps, utf8_path, worst_first
from orchestrator.report.verdict import standing_word
from orchestrator.report.visible import one_line
from orchestrator.types import Severity, Source

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.report.context import Context
    from orchestrator.types import Finding, Review

NOT_REVIEWED = "not-reviewed"
"""The check that an issue bears which tells a gap in the review."""
SEVERITIES = {
    Severity.CRITICAL: "blocker",
    Severity.HIGH: "critical",
    Severity.MEDIUM: "major",
    Severity.LOW: "minor",
    Severity.INFO: "info",
}


def render(review: Review, context: Context) -> str:
    """One array of issues: the gaps of the review, then its findings, the worst first."""
    del context
    found = [_issue(finding) for finding in worst_first(review)]
    return json_text([*(_gap(path, told) for path, told in gaps(review)), *found])


def _issue(finding: Finding) -> dict[str, object]:
    place = finding.location
    cell = f"cell {place.cell}: " if place.cell is not None else ""
    return {
        "description": f"{cell}{one_line(finding.message, 1_000)}{''.join(f' ({mark})' for mark in _marks(finding))}",
        "check_name": one_line(finding.rule, 80),
        "fingerprint": finding.id,
        "severity": SEVERITIES[finding.severity],
        "location": {
            "path": utf8_path(place.path),
            "lines": {"begin": place.start_line, "end": max(place.start_line, place.end_line)},
        },
    }


def _marks(finding: Finding) -> Iterator[str]:
    if word := standing_word(finding):
        yield word
    if finding.source is not Source.RULE:
        yield f"{finding.source}, confidence {finding.confidence}"


def _gap(path: str, told: str) -> dict[str, object]:
    return {
        "description": f"Incomplete review: {told}",
        "check_name": NOT_REVIEWED,
        "fingerprint": sha256(f"{NOT_REVIEWED}\0{path}\0{told}".encode()).hexdigest()[:16],
        "severity": SEVERITIES[Severity.MEDIUM],
        "location": {"path": path, "lines": {"begin": 1, "end": 1}},
    }
