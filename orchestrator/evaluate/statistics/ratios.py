"""The measures that are compared: each is a ratio of two weighted sums of counts, pooled over families."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
"""Counts: the last axis is `COLUMNS`, the one before it the case families."""
COLUMNS = ("tp", "fp", "fn", "found_weight", "weight", "clean_fp", "clean_lines")
"""`found_weight` and `weight` are the severity weights of what was found and of all goldens; `clean_fp` and
`clean_lines` are of fixed twins and of clean projects."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratio:
    """A measure: the sum of `top` over that of `bottom`, both as weights of columns."""

    name: str
    top: Mapping[str, float]
    bottom: Mapping[str, float]
    is_cost: bool = False
    """Whether less is better."""

    @property
    def forms(self) -> Array:
        """Two columns of weights: `counts @ forms` are numerator and denominator, which may be added up."""
        return np.array([[self.top.get(name, 0.0), self.bottom.get(name, 0.0)] for name in COLUMNS])

    @property
    def sign(self) -> float:
        """1 where more is better, else -1."""
        return -1.0 if self.is_cost else 1.0


def f_beta(name: str, beta: float) -> Ratio:
    """F with that beta; it is 0 where nothing right was said, and undefined where there is nothing to find or say."""
    square = beta * beta
    return Ratio(name=name, top={"tp": 1 + square}, bottom={"tp": 1 + square, "fn": square, "fp": 1})


PRECISION = Ratio(name="precision", top={"tp": 1}, bottom={"tp": 1, "fp": 1})
RECALL = Ratio(name="recall", top={"tp": 1}, bottom={"tp": 1, "fn": 1})
F1 = f_beta("F1", 1.0)
F05 = f_beta("F0.5", 0.5)
WEIGHTED_RECALL = Ratio(name="severity-weighted recall", top={"found_weight": 1}, bottom={"weight": 1})
CLEAN_FP = Ratio(
    name="false findings per 1,000 clean lines", top={"clean_fp": 1000}, bottom={"clean_lines": 1}, is_cost=True
)
PRIMARY = (F05, WEIGHTED_RECALL, CLEAN_FP)
"""The three endpoints of the gate."""


def all_forms(ratios: Sequence[Ratio]) -> Array:
    """The weights of all the measures side by side: numerator, denominator, numerator, ..."""
    return np.concatenate([ratio.forms for ratio in ratios], axis=1)


def quotients(sums: Array) -> Array:
    """The measures of sums of forms: every first column over every second; nan where the second is 0."""
    top, bottom = sums[..., 0::2], sums[..., 1::2]
    values: Array = np.divide(top, bottom, out=np.full(top.shape, np.nan), where=bottom > 0)
    return values


def pooled(counts: Array, ratio: Ratio) -> float | None:
    """The measure over all families; None where it is undefined."""
    value = float(quotients(counts.sum(axis=-2) @ ratio.forms)[..., 0])
    return None if np.isnan(value) else value


def over_epochs(counts: Array) -> Array:
    """Counts of families by epochs by columns, as the mean of the epochs of each family."""
    mean: Array = counts.mean(axis=-2)
    return mean
