"""What a lane of the gate says, as data, and the exit code of all lanes together."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """How a lane ended; a lane that was not run says nothing."""

    PASSED = "pass"
    REGRESSION = "regression"
    INCONCLUSIVE = "inconclusive"
    INTEGRITY = "integrity"


EXIT_CODES = {Verdict.PASSED: 0, Verdict.REGRESSION: 1, Verdict.INCONCLUSIVE: 2, Verdict.INTEGRITY: 3}
_WORST_FIRST = (Verdict.INTEGRITY, Verdict.REGRESSION, Verdict.INCONCLUSIVE, Verdict.PASSED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """One lane: its verdict, each reason for it as a sentence, and what should be known besides."""

    name: str
    verdict: Verdict
    reasons: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def overall(lanes: tuple[Lane, ...]) -> Verdict:
    """The verdict of all lanes: what was not measured as it should comes before what got worse."""
    return min((lane.verdict for lane in lanes), key=_WORST_FIRST.index, default=Verdict.PASSED)
