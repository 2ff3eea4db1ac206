"""The exit code of a review."""

from __future__ import annotations

from orchestrator.types import Review, Severity

CLEAN, FINDINGS, INCOMPLETE = 0, 1, 3


def exit_code(review: Review, gate: Severity | None) -> int:
    """1 for findings at or above the gate, else 3 where something or somebody is missing, else 0."""
    if gate is not None and any(finding.severity.at_least(gate) for finding in review.reported):
        return FINDINGS
    return INCOMPLETE if review.incomplete or review.unfinished else CLEAN
