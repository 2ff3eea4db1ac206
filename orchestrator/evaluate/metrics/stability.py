"""How much a system says the same when it is asked again."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from statistics import mean, stdev

from orchestrator.evaluate.counts import CaseScore, GoldenResult, Scored, total
from orchestrator.evaluate.metrics.measures import share, value


@dataclass(frozen=True, slots=True, kw_only=True)
class Stability:
    """Over k epochs; None for a single one.

    `jaccard` is the mean, over cases and pairs of epochs, of common goldens by all that either found. `always` is the
    share of goldens found in every epoch (pass^k), `ever` in one at least (pass@k), `must_find_always` of those that
    must be found. `f1_deviation` is the standard deviation of F1 over epochs.
    """

    epochs: int
    jaccard: float | None
    always: float | None
    ever: float | None
    must_find_always: float | None
    f1_deviation: float | None


def stability(scored: Scored) -> Stability:
    """Of the cases that were measured in every epoch."""
    held: dict[str, list[CaseScore]] = {}
    for score in scored.cases:
        held.setdefault(score.case, []).append(score)
    whole = [scores for scores in held.values() if len(scores) == scored.epochs]
    if scored.epochs < 2 or not whole:
        return Stability(
            epochs=scored.epochs, jaccard=None, always=None, ever=None, must_find_always=None, f1_deviation=None
        )
    found = [[golden.found for golden in each] for scores in whole for each in _by_golden(scores)]
    must = [[golden.found for golden in each] for scores in whole for each in _by_golden(scores) if each[0].must_find]
    values = [
        value("f1", total(score for scores in whole for score in scores if score.epoch == epoch))
        for epoch in range(1, scored.epochs + 1)
    ]
    known = [each for each in values if each is not None]
    pairs = [each for scores in whole for each in _jaccards(scores)]
    return Stability(
        epochs=scored.epochs,
        jaccard=mean(pairs) if pairs else None,
        always=share(sum(map(all, found)), len(found)),
        ever=share(sum(map(any, found)), len(found)),
        must_find_always=share(sum(map(all, must)), len(must)),
        f1_deviation=stdev(known) if len(known) > 1 else None,
    )


def _by_golden(scores: list[CaseScore]) -> list[tuple[GoldenResult, ...]]:
    return list(zip(*(score.goldens for score in scores), strict=True))


def _jaccards(scores: list[CaseScore]) -> list[float]:
    """One for each pair of epochs in which one of them found something."""
    sets = [frozenset(golden.id for golden in score.goldens if golden.found) for score in scores]
    return [len(one & other) / len(one | other) for one, other in combinations(sets, 2) if one | other]
