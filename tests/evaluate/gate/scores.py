"""Scored runs made by hand: cases, what was found in them, and what was said wrongly."""

from __future__ import annotations

from dataclasses import replace
from typing import TypedDict, Unpack

from orchestrator.evaluate.counts import CaseScore, GoldenResult, Outcome, Scored, Verdict
from orchestrator.evaluate.prediction import Prediction
from orchestrator.types import Severity


def prediction(rule: str, line: int, severity: Severity = Severity.HIGH) -> Prediction:
    """A finding of a rule at a line of the only file."""
    return Prediction(
        id=f"{rule}-{line}",
        agents=("delta-lake-expert",),
        rule=rule,
        category="correctness",
        severity=severity,
        confidence=100,
        path="src/load.py",
        lines=(line, line),
        evidence="x",
    )


def false(rule: str = "DLT999", line: int = 40, outcome: Outcome = "fp", severity: Severity = Severity.LOW) -> Verdict:
    """A finding that matched nothing."""
    return Verdict(prediction=prediction(rule, line, severity), outcome=outcome)


class Changes(TypedDict, total=False):
    """What a case has otherwise than by default."""

    severities: tuple[str, ...]
    must_find: bool
    said: Severity
    wrong: tuple[Verdict, ...]
    twin: tuple[Verdict, ...]
    is_clean: bool


def case(number: int, *, found: tuple[bool, ...] = (True, False), **changes: Unpack[Changes]) -> CaseScore:
    """A case of a family of its own; the first golden is the one that must be found."""
    is_clean, must_find = changes.get("is_clean", False), changes.get("must_find", True)
    severities = changes.get("severities", ("high", "low"))
    goldens = tuple(
        GoldenResult(
            id=f"g{at + 1}",
            kind=f"kind-{at}",
            category="correctness",
            severity=severities[at],
            tier="T1",
            must_find=must_find and at == 0,
            has_rule=True,
            found=hit,
            file="src/load.py",
            lines=(at + 1, at + 1),
            quiet_twin=True,
        )
        for at, hit in enumerate(() if is_clean else found)
    )
    hits = tuple(
        Verdict(
            prediction=prediction(f"DLT00{at}", at + 1, changes.get("said", Severity.HIGH)),
            outcome="tp",
            golden=f"g{at + 1}",
        )
        for at, hit in enumerate(() if is_clean else found)
        if hit
    )
    return CaseScore(
        case=f"case-{number:02}",
        family=f"family-{number:02}",
        split="dev",
        domain="delta-sql",
        origin="hand",
        tier="T1",
        is_clean=is_clean,
        epoch=1,
        verdicts=(*hits, *changes.get("wrong", ())),
        goldens=goldens,
        lines=100,
        twin_verdicts=changes.get("twin", ()),
        twin_lines=0 if is_clean else 100,
        has_twin=not is_clean,
    )


def scored(*cases: CaseScore, how: str = "rules", system: str = "rules") -> Scored:
    """A run over these cases."""
    return Scored(
        suite="a-suite",
        dataset_version="1.0.0",
        dataset_sha256="a" * 64,
        system=system,
        how=how,
        scorer="score/v1",
        taxonomy=1,
        cases=cases,
    )


def epochs(*cases: CaseScore, count: int) -> tuple[CaseScore, ...]:
    """The same cases in so many epochs."""
    return tuple(replace(each, epoch=epoch) for each in cases for epoch in range(1, count + 1))
