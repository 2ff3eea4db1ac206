"""What a reader of a scored run looks at: every golden and every finding that met none, case by case."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from orchestrator.types import Severity

if TYPE_CHECKING:
    from orchestrator.evaluate.case import Case, Golden, HardNegative, Place
    from orchestrator.evaluate.counts import CaseScore, GoldenResult, Scored, Verdict
    from orchestrator.evaluate.exports.report import Report
    from orchestrator.evaluate.prediction import Prediction, Variant


class Standing(StrEnum):
    """How an item counts; worst first."""

    MISSED = "missed"
    FALSE = "false"
    DUPLICATE = "duplicate"
    UNLABELLED = "unlabelled"
    NEUTRAL = "neutral"
    FOUND = "found"


_STANDINGS = {
    "fp": Standing.FALSE,
    "ungrounded": Standing.FALSE,
    "duplicate": Standing.DUPLICATE,
    "unlabelled": Standing.UNLABELLED,
    "neutral": Standing.NEUTRAL,
}
_FALSE_BY = {
    "closed-world": "The case is labelled in full for this category, and nobody labelled this.",
    "hard-negative": "It looks wrong here and is right.",
    "still-reported": "The fixed twin does not have this defect any more.",
    "ungrounded": "What it quotes does not stand there.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One golden with what found it, or one finding that met none; lines are those of the variant's file."""

    standing: Standing
    variant: Variant
    file: str
    lines: tuple[int, int]
    severity: Severity
    golden: Golden | None = None
    result: GoldenResult | None = None
    verdict: Verdict | None = None
    negative: HardNegative | None = None

    @property
    def said(self) -> Prediction | None:
        """The finding, where there is one."""
        return self.verdict.prediction if self.verdict is not None else None

    @property
    def why(self) -> str:
        """Why a finding counts as false, in a sentence; nothing for the others."""
        if self.verdict is None or self.verdict.false_by is None:
            return ""
        told = _FALSE_BY.get(self.verdict.false_by, self.verdict.false_by)
        return f"{told} {self.negative.why}" if self.negative is not None else told


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseItems:
    """One case in one epoch with its items, by file and line."""

    score: CaseScore
    case: Case
    items: tuple[Item, ...]
    name: str

    def counted(self, standing: Standing) -> int:
        """How many items stand so."""
        return sum(item.standing is standing for item in self.items)


def case_items(report: Report) -> tuple[CaseItems, ...]:
    """Every scored case that the suite holds, in order."""
    scored = report.scored
    by_id = {case.id: case for case in report.suite.cases}
    return tuple(_of_case(score, by_id[score.case], scored) for score in scored.cases if score.case in by_id)


def _of_case(score: CaseScore, case: Case, scored: Scored) -> CaseItems:
    items = sorted((*_of_goldens(score, case), *_rest(score, case)), key=_order)
    epoch = f", epoch {score.epoch}" if scored.epochs > 1 else ""
    return CaseItems(score=score, case=case, items=tuple(items), name=f"{case.name}{epoch}")


def _order(item: Item) -> tuple[str, str, tuple[int, int], str, str]:
    named = item.golden.id if item.golden else item.said.id if item.said else ""
    return (item.variant, item.file, item.lines, item.standing.value, named)


def _of_goldens(score: CaseScore, case: Case) -> Iterator[Item]:
    goldens = {golden.id: golden for golden in case.goldens}
    found = {verdict.golden: verdict for verdict in score.verdicts if verdict.outcome == "tp"}
    for result in score.goldens:
        yield Item(
            standing=Standing.FOUND if result.found else Standing.MISSED,
            variant="input",
            file=result.file,
            lines=result.lines,
            severity=Severity(result.severity),
            golden=goldens.get(result.id),
            result=result,
            verdict=found.get(result.id),
        )


def _rest(score: CaseScore, case: Case) -> Iterator[Item]:
    sides: tuple[tuple[Variant, tuple[Verdict, ...]], ...] = (
        ("input", score.verdicts),
        ("twin", score.twin_verdicts),
    )
    for variant, verdicts in sides:
        for verdict in verdicts:
            if verdict.outcome in _STANDINGS:
                yield _leftover(verdict, variant, case)


def _leftover(verdict: Verdict, variant: Variant, case: Case) -> Item:
    said = verdict.prediction
    is_trap = verdict.false_by == "hard-negative" and variant == "input"
    near = (each for each in case.hard_negatives if is_trap and _meets(each.place, said))
    return Item(
        standing=_STANDINGS[verdict.outcome],
        variant=variant,
        file=said.path,
        lines=said.lines,
        severity=said.severity,
        verdict=verdict,
        negative=next(near, None),
    )


def _meets(place: Place, said: Prediction) -> bool:
    first, last = place.lines
    return place.file == said.path and first <= said.lines[1] and said.lines[0] <= last
