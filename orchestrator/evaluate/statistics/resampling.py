"""Which families are drawn or swapped: fixed by a seed, so that equal counts give equal intervals and p-values."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from orchestrator.evaluate.statistics.ratios import Array

RESAMPLES = 10_000
SEED = 20261123
MOST_EXACT = 13
"""Families that differ, up to which every swap is enumerated: 2 ** 13 is below `RESAMPLES`."""


@lru_cache(maxsize=8)
def draws(families: int) -> Array:
    """How often each resample draws each family: resamples by families, every row sums to the number of families."""
    source = np.random.default_rng(SEED)
    counts = source.multinomial(families, np.full(families, 1 / families), size=RESAMPLES)
    return _fixed(counts.astype(np.float64))


@lru_cache(maxsize=24)
def swaps(families: int) -> Array:
    """Rows of 1 (kept) and -1 (swapped) for each family, at random."""
    source = np.random.default_rng(SEED)
    return _fixed(source.choice(np.array([-1.0, 1.0]), size=(RESAMPLES, families)))


@lru_cache(maxsize=MOST_EXACT + 1)
def every_swap(families: int) -> Array:
    """All rows of 1 and -1 that there are for so many families."""
    rows = np.arange(2**families)[:, None] >> np.arange(families)[None, :]
    return _fixed(np.where(rows & 1, -1.0, 1.0))


def _fixed(values: Array) -> Array:
    values.setflags(write=False)
    return values
