"""Whether confidence means something: Brier score, expected calibration error, and what may be switched off by it."""

from __future__ import annotations

from dataclasses import dataclass

from orchestrator.evaluate.counts import Scored
from orchestrator.evaluate.metrics.measures import share

BIN = 20
"""Findings that a bin of the calibration error needs at least."""
BINS = 10
WANTED_PRECISION = 0.9


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskPoint:
    """Of the findings with this confidence or more: their share of all, and how many of them are true."""

    confidence: int
    coverage: float
    precision: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """Over labelled findings, right or wrong; None where there are too few to say.

    The Brier score is reliability less resolution plus uncertainty. `skill` is its gain over always saying the share
    of right ones. `threshold` is the least confidence from which on nine of ten are right.
    """

    findings: int
    brier: float | None
    reliability: float | None
    resolution: float | None
    skill: float | None
    expected_error: float | None
    curve: tuple[RiskPoint, ...]
    threshold: int | None


def calibration(scored: Scored) -> Calibration:
    """Of the findings on the inputs that are labelled: true, false or ungrounded."""
    said = sorted(
        (verdict.prediction.confidence, int(verdict.outcome == "tp"))
        for case in scored.cases
        for verdict in case.verdicts
        if verdict.outcome in {"tp", "fp", "ungrounded"}
    )
    curve = _curve(said)
    fitting = [point.confidence for point in curve if point.precision >= WANTED_PRECISION]
    base = share(sum(right for _, right in said), len(said))
    brier = share(sum((confidence / 100 - right) ** 2 for confidence, right in said), len(said))
    spread = None if base is None else base * (1 - base)
    reliability, resolution = _parts(said, base)
    return Calibration(
        findings=len(said),
        brier=brier,
        reliability=reliability,
        resolution=resolution,
        skill=None if brier is None or not spread else 1 - brier / spread,
        expected_error=_expected_error(said),
        curve=curve,
        threshold=min(fitting, default=None),
    )


def _parts(said: list[tuple[int, int]], base: float | None) -> tuple[float | None, float | None]:
    """Reliability and resolution, over the levels of confidence that were used."""
    if base is None:
        return None, None
    levels: dict[int, list[int]] = {}
    for confidence, right in said:
        levels.setdefault(confidence, []).append(right)
    rates = {level: (len(rights), sum(rights) / len(rights)) for level, rights in levels.items()}
    reliability = sum(count * (level / 100 - rate) ** 2 for level, (count, rate) in rates.items()) / len(said)
    resolution = sum(count * (rate - base) ** 2 for count, rate in rates.values()) / len(said)
    return reliability, resolution


def _expected_error(said: list[tuple[int, int]]) -> float | None:
    """Over bins of as many findings each; None where a bin would hold fewer than `BIN`."""
    bins = min(BINS, len(said) // BIN)
    if bins < 2:
        return None
    error = 0.0
    for at in range(bins):
        part = said[len(said) * at // bins : len(said) * (at + 1) // bins]
        error += abs(sum(confidence / 100 - right for confidence, right in part))
    return error / len(said)


def _curve(said: list[tuple[int, int]]) -> tuple[RiskPoint, ...]:
    points = []
    for level in sorted({confidence for confidence, _ in said}):
        above = [right for confidence, right in said if confidence >= level]
        precision = sum(above) / len(above)
        points.append(RiskPoint(confidence=level, coverage=len(above) / len(said), precision=precision))
    return tuple(points)
