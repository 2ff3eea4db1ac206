"""Robust statistics over days: how far a count is from what is usual, by two named methods.

`robust`: the modified z-score 0.6745 * (x - median) / MAD; where the MAD is zero, (x - median) / (1.2533 * mean
absolute deviation). Threshold 3.5. Iglewicz and Hoaglin, How to Detect and Handle Outliers, ASQC 1993.
`seasonal`: the same over what is left after the median of each weekday is taken away.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, median
from typing import Literal

Method = Literal["robust", "seasonal"]
THRESHOLD = 3.5
MIN_DAYS: Mapping[Method, int] = {"robust": 14, "seasonal": 28}
"""Fewer days than this are not judged: a seasonal median needs four of each weekday."""
_MAD_FACTOR = 0.6745
_MEAN_FACTOR = 1.2533


@dataclass(frozen=True, kw_only=True)
class Day:
    """One day of a series with what is usual for it; `score` is None where the series never varies."""

    date: dt.date
    count: int
    usual: float
    score: float | None


def scored(counts: Mapping[dt.date, int], days: Sequence[dt.date], method: Method) -> tuple[Day, ...]:
    """Each day with its score; a day without a count is a zero."""
    values = [counts.get(day, 0) for day in days]
    usual = _seasonal(values, days) if method == "seasonal" else [median(values)] * len(days)
    left = [value - middle for value, middle in zip(values, usual, strict=True)]
    scores = modified_z(left)
    return tuple(
        Day(date=day, count=value, usual=middle, score=score)
        for day, value, middle, score in zip(days, values, usual, scores, strict=True)
    )


def modified_z(values: Sequence[float]) -> tuple[float | None, ...]:
    """The modified z-score of each value among all; None for each where all are equal."""
    middle = median(values)
    deviations = [abs(value - middle) for value in values]
    spread = median(deviations) / _MAD_FACTOR or fmean(deviations) * _MEAN_FACTOR
    return tuple((value - middle) / spread if spread else None for value in values)


def _seasonal(values: Sequence[int], days: Sequence[dt.date]) -> list[float]:
    by_weekday: dict[int, list[int]] = {}
    for value, day in zip(values, days, strict=True):
        by_weekday.setdefault(day.weekday(), []).append(value)
    middles = {weekday: median(found) for weekday, found in by_weekday.items()}
    return [middles[day.weekday()] for day in days]
