"""Intervals: by resampling case families for pooled measures, exact for rates, Wilson's for shares."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np
from scipy import stats

from orchestrator.evaluate.statistics.ratios import Array, Ratio, all_forms, quotients
from orchestrator.evaluate.statistics.resampling import draws

BCA_FROM = 40
"""Families from which the bootstrap is bias-corrected and accelerated; below, its percentiles are taken."""
LEVEL = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """The two ends, and the method."""

    low: float
    high: float
    method: str


def cluster_interval(counts: Array, ratio: Ratio, *, level: float = LEVEL) -> Interval | None:
    """The interval of a pooled measure, families resampled whole; None where it is undefined or there are under 2."""
    if len(counts) < 2:
        return None
    values = Resampled.of(counts @ ratio.forms)
    return values.interval(level)


def paired_interval(old: Array, new: Array, ratio: Ratio, *, level: float = LEVEL) -> Interval | None:
    """The interval of new less old, both of the same families."""
    if len(old) < 2:
        return None
    return Resampled.of(old @ ratio.forms, new @ ratio.forms).interval(level)


def lower_bounds(old: Array, new: Array, ratios: Sequence[Ratio], *, level: float) -> list[float]:
    """One-sided lower bounds of the gain of each measure; nan where it is undefined. More is better, costs turned.

    Above minus the margin, a bound shows non-inferiority.
    """
    if len(old) < 2:
        return [float("nan") for _ in ratios]
    forms = all_forms(ratios)
    before, after = old @ forms, new @ forms
    drawn = draws(len(old))
    gains = quotients(drawn @ after) - quotients(drawn @ before)
    found = []
    for at, ratio in enumerate(ratios):
        parts = slice(2 * at, 2 * at + 2)
        each = Resampled(
            distribution=gains[:, at] * ratio.sign, forms=(before[:, parts], after[:, parts]), sign=ratio.sign
        )
        found.append(each.lower(level))
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Resampled:
    """The values of all resamples of a measure, or of the gain of one over another, and the forms they came from."""

    distribution: Array
    forms: tuple[Array, ...]
    sign: float = 1.0

    @classmethod
    def of(cls, *forms: Array) -> Resampled:
        """The measure of these forms; of two the second less the first."""
        drawn = draws(len(forms[0]))
        values = [quotients(drawn @ form)[:, 0] for form in forms]
        return cls(distribution=values[-1] - values[0] if len(values) > 1 else values[0], forms=forms)

    def interval(self, level: float) -> Interval | None:
        """The two-sided interval; None where it is undefined."""
        method = "BCa" if len(self.forms[0]) >= BCA_FROM else "percentile"
        low, high = self._ends(level, "two-sided", method)
        if np.isnan(low) or np.isnan(high):
            method = "percentile"
            low, high = self._ends(level, "two-sided", method)
        if np.isnan(low) or np.isnan(high):
            return None
        return Interval(low=low, high=high, method=method)

    def lower(self, level: float) -> float:
        """The one-sided lower bound; nan where it is undefined."""
        method = "BCa" if len(self.forms[0]) >= BCA_FROM else "percentile"
        bound = self._ends(level, "greater", method)[0]
        return self._ends(level, "greater", "percentile")[0] if np.isnan(bound) else bound

    def _ends(self, level: float, alternative: str, method: str) -> tuple[float, float]:
        known = self.distribution[~np.isnan(self.distribution)]
        if not len(known):
            return float("nan"), float("nan")
        if known.min() == known.max():
            return float(known[0]), float(known[0])
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            # A distribution without a spread on one side has no BCa interval: nan, and the caller takes percentiles.
            warnings.simplefilter("ignore")
            found = stats.bootstrap(
                (np.arange(len(self.forms[0])),),
                self._statistic,
                n_resamples=0,
                bootstrap_result=SimpleNamespace(bootstrap_distribution=known),
                vectorized=True,
                confidence_level=level,
                alternative=alternative,
                method=method,
            )
        low, high = found.confidence_interval
        return float(low), float(high)

    def _statistic(self, index: Array, axis: int = -1) -> Array:
        """The measure of the families of these indices, as scipy asks for it in the jackknife."""
        del axis  # always the last
        chosen = index.astype(np.intp)
        values = [quotients(form[chosen].sum(axis=-2))[..., 0] for form in self.forms]
        return (values[-1] - values[0] if len(values) > 1 else values[0]) * self.sign


def poisson_interval(events: int, exposure: float, *, level: float = LEVEL) -> Interval | None:
    """The exact interval of a rate: events by exposure, such as findings by 1,000 lines; None without exposure."""
    if exposure <= 0:
        return None
    tail = (1 - level) / 2
    low = float(stats.chi2.ppf(tail, 2 * events)) / 2 if events else 0.0
    high = float(stats.chi2.ppf(1 - tail, 2 * events + 2)) / 2
    return Interval(low=low / exposure, high=high / exposure, method="Poisson, exact")


def wilson_interval(right: int, total: int, *, level: float = LEVEL) -> Interval | None:
    """Wilson's interval of a share; None of nothing."""
    if total == 0:
        return None
    low, high = stats.binomtest(right, total).proportion_ci(confidence_level=level, method="wilson")
    return Interval(low=float(low), high=float(high), method="Wilson")
