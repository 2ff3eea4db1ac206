"""Severity, localisation, grounding: how good the true findings are, and how sound all of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import mean, median

from orchestrator.evaluate.counts import Scored
from orchestrator.evaluate.metrics.measures import share
from orchestrator.types import Severity

HITS = (0, 3, 10)


@dataclass(frozen=True, slots=True, kw_only=True)
class SeverityError:
    """How far the severity of true findings is from the golden's, in steps; `confusion` counts `golden>finding`."""

    pairs: int
    mean_absolute_error: float | None
    confusion: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Localisation:
    """How far findings with the right name in the right file stand from their goldens, in lines."""

    pairs: int
    median_gap: float | None
    p90_gap: float | None
    hits: Mapping[str, float | None]
    mean_overlap: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Grounding:
    """The shares of findings whose quote stands in the code, whose quote does not, that repeat another, and of
    answers that could not be used."""

    findings: int
    valid: float | None
    hallucinated: float | None
    duplicate: float | None
    invalid: int
    invalid_rate: float | None


def severity_error(scored: Scored) -> SeverityError:
    """Over the matched pairs of all cases."""
    confusion: dict[str, int] = {}
    steps = []
    for golden in (golden for case in scored.cases for golden in case.goldens):
        if golden.by is not None:
            steps.append(abs(Severity(golden.severity).rank - golden.by.severity.rank))
            key = f"{golden.severity}>{golden.by.severity.value}"
            confusion[key] = confusion.get(key, 0) + 1
    error = mean(steps) if steps else None
    return SeverityError(pairs=len(steps), mean_absolute_error=error, confusion=dict(sorted(confusion.items())))


def localisation(scored: Scored) -> Localisation:
    """Over the pairs that fit by name, whatever the distance."""
    near = [pair for case in scored.cases for pair in case.near]
    gaps = sorted(gap for gap, _ in near)
    return Localisation(
        pairs=len(near),
        median_gap=float(median(gaps)) if gaps else None,
        p90_gap=percentile(gaps, 0.9),
        hits={f"hit@{limit}": share(sum(gap <= limit for gap in gaps), len(gaps)) for limit in HITS},
        mean_overlap=mean(overlap for _, overlap in near) if near else None,
    )


def grounding(scored: Scored, *, asked: int) -> Grounding:
    """Over the findings on the inputs; `asked` is how often an agent was asked."""
    verdicts = [verdict for case in scored.cases for verdict in case.verdicts]
    wrong = sum(verdict.outcome == "ungrounded" for verdict in verdicts)
    invalid = sum(len(case.invalid) for case in scored.cases)
    return Grounding(
        findings=len(verdicts),
        valid=share(len(verdicts) - wrong, len(verdicts)),
        hallucinated=share(wrong, len(verdicts)),
        duplicate=share(sum(verdict.outcome == "duplicate" for verdict in verdicts), len(verdicts)),
        invalid=invalid,
        invalid_rate=share(invalid, asked),
    )


def percentile(ordered: list[int] | list[float], part: float) -> float | None:
    """The smallest value that this part of them does not exceed; None of nothing."""
    if not ordered:
        return None
    at = max(0, -int(-part * len(ordered) // 1) - 1)
    return float(ordered[at])
