"""The one answer a review ends with: clean, passed, failed or incomplete."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from orchestrator.report.wording import counted, listed
from orchestrator.types import Review, Severity, Standing

if TYPE_CHECKING:
    from collections.abc import Iterable

    from orchestrator.types import Finding


WHOLE = "."
"""The path of a gap that is not one file's."""


class Outcome(StrEnum):
    """How a review ended, as the exit code has it: failed before incomplete, and incomplete never clean or passed."""

    CLEAN = "clean"
    PASSED = "passed"
    FAILED = "failed"
    INCOMPLETE = "incomplete"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The outcome, how many findings are at or above the gate, and the sentence that says it."""

    outcome: Outcome
    gated: int
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Uncounted:
    """How many findings the gate does not see, and why not."""

    suppressed: int
    withheld: int
    unverified: int
    off_diff: int

    def __str__(self) -> str:
        """The non-zero numbers in words, or nothing."""
        parts = (
            (self.suppressed, "suppressed"),
            (self.withheld, "withheld"),
            (self.unverified, "unverified"),
            (self.off_diff, "outside the diff"),
        )
        return ", ".join(f"{number:,} {word}" for number, word in parts if number)


def verdict(review: Review, fail_on: Severity | None) -> Verdict:
    """The review's answer at that gate; with no gate, findings alone never fail it."""
    found = review.reported
    gated = sum(1 for finding in found if fail_on is not None and finding.severity.at_least(fail_on))
    failure = f"{counted(gated, 'finding')} at or above the gate ({fail_on})" if gated else ""
    missing = _missing(review)
    silent = f"not finished: {listed(list(review.unfinished), 3)}" if review.unfinished else ""
    if failure or missing or silent:
        sentence = "; ".join(part for part in (failure, missing, silent) if part)
        return Verdict(outcome=Outcome.FAILED if gated else Outcome.INCOMPLETE, gated=gated, sentence=sentence)
    if found:
        bar = f"none at or above the gate ({fail_on})" if fail_on else "no gate was set"
        return Verdict(outcome=Outcome.PASSED, gated=0, sentence=f"{counted(len(found), 'finding')}, {bar}")
    sentence = "no findings" if review.files else "no findings, because no file was reviewed"
    return Verdict(outcome=Outcome.CLEAN, gated=0, sentence=sentence)


def _missing(review: Review) -> str:
    """What should have been reviewed and was not: files by number, and what is no file by its reason."""
    files = [entry for entry in review.incomplete if entry.path != WHOLE]
    others = [entry.reason for entry in review.incomplete if entry.path == WHOLE]
    counted_files = f"{counted(len(files), 'file')} could not be reviewed" if files else ""
    return "; ".join(part for part in (counted_files, *others) if part)


def severities(findings: Iterable[Finding]) -> dict[Severity, int]:
    """How many findings there are of each severity, worst first, only those that occur."""
    tally = Counter(finding.severity for finding in findings)
    return {severity: tally[severity] for severity in Severity if tally[severity]}


def uncounted(review: Review) -> Uncounted:
    """The findings that the gate does not see, each counted once under its first reason."""
    tally = Counter(standing_word(finding) for finding in review.findings if not finding.counts)
    return Uncounted(
        suppressed=tally["suppressed"],
        withheld=tally["withheld"],
        unverified=tally["unverified"],
        off_diff=tally["outside the diff"],
    )


def standing_word(finding: Finding) -> str:
    """Why a finding does not count, in a word or three; empty when it counts."""
    if finding.standing is not Standing.VERIFIED:
        return finding.standing.value
    if finding.suppressed_by is not None:
        return "suppressed"
    return "" if finding.in_diff else "outside the diff"
