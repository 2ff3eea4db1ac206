"""Tests of two systems on the same cases: swaps within families, found and lost goldens, and stable ones that broke."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from scipy import stats

from orchestrator.evaluate.statistics.ratios import Array, Ratio, all_forms, quotients
from orchestrator.evaluate.statistics.resampling import MOST_EXACT, every_swap, swaps

_TIE = 1e-12


def regression_p_values(old: Array, new: Array, ratios: Sequence[Ratio]) -> list[float]:
    """The one-sided p-value of each measure that the new is no worse; nan where the measure is undefined.

    Under that hypothesis the two results of a family may be swapped. Every swap is enumerated where few families
    differ, else 10,000 are drawn.
    """
    forms, signs = all_forms(ratios), np.array([ratio.sign for ratio in ratios])
    before, after = old @ forms, new @ forms
    middle, half = (before + after).sum(axis=0) / 2, (after - before) / 2
    differing = half[np.any(half != 0, axis=1)]
    is_exact = len(differing) <= MOST_EXACT
    rows = every_swap(len(differing)) if is_exact else swaps(len(differing))
    swing = rows @ differing
    gains = (quotients(middle + swing) - quotients(middle - swing)) * signs
    whole = differing.sum(axis=0)
    observed = (quotients(middle + whole) - quotients(middle - whole)) * signs
    # A swap under which the measure is undefined counts as one that is as bad.
    as_bad = np.count_nonzero(~(gains > observed + _TIE), axis=0)
    added = 0 if is_exact else 1
    values = (as_bad + added) / (len(rows) + added)
    return [float("nan") if np.isnan(seen) else float(p) for seen, p in zip(observed, values, strict=True)]


def change_p_value(old: Array, new: Array, ratio: Ratio) -> float | None:
    """The two-sided p-value that the two systems do not differ in a measure; None where it is undefined."""
    (worse,) = regression_p_values(old, new, (ratio,))
    (better,) = regression_p_values(new, old, (ratio,))
    return None if np.isnan(worse) else min(1.0, 2 * min(worse, better))


def mcnemar_mid_p(lost: int, found: int) -> float:
    """McNemar's two-sided mid-p of goldens that only one of the two found; 1 where there is none.

    Goldens of one case are not independent: it is quoted beside the test by families, never instead of it.
    """
    total = lost + found
    if total == 0:
        return 1.0
    fewer = min(lost, found)
    exact = 2 * float(stats.binom.cdf(fewer, total, 0.5)) - float(stats.binom.pmf(fewer, total, 0.5))
    return min(1.0, exact)


@lru_cache(maxsize=1024)
def broken_p_value(old_found: int, old_epochs: int, new_found: int, new_epochs: int) -> float:
    """Fisher's one-sided p-value that a golden is found no less often than before."""
    table = [[old_found, old_epochs - old_found], [new_found, new_epochs - new_found]]
    return float(stats.fisher_exact(table, alternative="greater").pvalue)
