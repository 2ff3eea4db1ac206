"""The scorer on answers that are known: what the goldens say themselves, and nothing at all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from orchestrator.evaluate.case import Case, Golden
from orchestrator.evaluate.counts import CaseScore
from orchestrator.evaluate.prediction import Prediction
from orchestrator.evaluate.runlog import Entry
from orchestrator.evaluate.score import score_case
from orchestrator.types import Severity

_AGENT = "self-test"


def self_test(cases: Iterable[Case]) -> Iterator[str]:
    """A sentence for each case that the scorer or the case itself gets wrong."""
    for case in cases:
        gold = _scored(case, tuple(_said(golden) for golden in case.goldens))
        if gold.counts.tp != len(case.goldens) or gold.counts.fp or gold.counts.duplicates or gold.counts.unlabelled:
            found = f"{gold.counts.tp} of {len(case.goldens)} found, {gold.counts.fp} false"
            yield f"{case.name}: the goldens themselves do not score 1.0 ({found})"
        backwards = _scored(case, tuple(_said(golden) for golden in reversed(case.goldens)))
        if backwards != gold:
            yield f"{case.name}: the score depends on the order of the findings"
        nothing = _scored(case, ())
        if nothing.counts.tp or nothing.counts.fp or nothing.counts.fn != len(case.goldens):
            yield f"{case.name}: silence does not score as silence"
        yield from _invented(case)


def _invented(case: Case) -> Iterator[str]:
    """A finding whose quote stands nowhere must be false, wherever it points."""
    if not case.goldens:
        return
    said = replace(_said(case.goldens[0]), evidence="a quote that stands nowhere in this project, 8f14e45f")
    score = _scored(case, (said,))
    if score.counts.tp or score.counts.ungrounded != 1:
        yield f"{case.name}: a finding with an invented quote is not counted as false"


def _scored(case: Case, predictions: tuple[Prediction, ...]) -> CaseScore:
    lines = sum(bool(line.strip()) for text in case.texts.values() for line in text.splitlines())
    return score_case(
        case, {"input": Entry(case=case.id, variant="input", epoch=1, predictions=predictions, lines=lines)}
    )


def _said(golden: Golden) -> Prediction:
    return Prediction(
        id=golden.id,
        agents=(_AGENT,),
        rule=golden.kind,
        category=golden.category,
        severity=Severity(golden.severity),
        confidence=100,
        path=golden.file,
        lines=golden.lines,
        evidence=golden.quote,
    )
