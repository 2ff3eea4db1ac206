"""Two scored runs as tables of counts by family, of the cases that both measured; epochs are averaged in the case."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from orchestrator.evaluate.counts import CaseScore, Scored
from orchestrator.evaluate.statistics.ratios import COLUMNS, Array


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Both sides of the same families in the same order; `only` are cases that one side alone measured.

    Epochs are the fewest that any case has.
    """

    families: tuple[str, ...]
    cases: tuple[str, ...]
    old: Array
    new: Array
    old_epochs: int
    new_epochs: int
    only: tuple[str, ...] = ()


def table(scored: Scored) -> Array:
    """The counts of one run: families, in order of their names, by columns."""
    by_case = _by_case(scored.cases)
    return _summed(sorted({each.family for each in scored.cases}), by_case)


def pair(old: Iterable[CaseScore], new: Iterable[CaseScore]) -> Pair:
    """The two sides over the cases that both have."""
    before, after = _by_case(old), _by_case(new)
    both = sorted(before.keys() & after.keys())
    families = sorted({before[name][0].family for name in both})
    return Pair(
        families=tuple(families),
        cases=tuple(both),
        old=_summed(families, {name: before[name] for name in both}),
        new=_summed(families, {name: after[name] for name in both}),
        old_epochs=min((len(before[name]) for name in both), default=0),
        new_epochs=min((len(after[name]) for name in both), default=0),
        only=tuple(sorted(before.keys() ^ after.keys())),
    )


def _by_case(scores: Iterable[CaseScore]) -> dict[str, list[CaseScore]]:
    found: dict[str, list[CaseScore]] = {}
    for each in scores:
        found.setdefault(each.case, []).append(each)
    return found


def _summed(families: list[str], by_case: dict[str, list[CaseScore]]) -> Array:
    rows = np.zeros((len(families), len(COLUMNS)))
    at = {family: number for number, family in enumerate(families)}
    for epochs in by_case.values():
        rows[at[epochs[0].family]] += np.mean([_row(each) for each in epochs], axis=0)
    return rows


def _row(score: CaseScore) -> Array:
    counts = score.counts
    # Strictly: what nobody has labelled, or what was told twice, is noise until somebody says otherwise.
    false = counts.fp + counts.duplicates + counts.unlabelled
    return np.array(
        [counts.tp, false, counts.fn, counts.found_weight, counts.weight, counts.clean_fp, counts.clean_lines],
        dtype=np.float64,
    )
