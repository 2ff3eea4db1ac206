"""Drift of a column against a baseline, and how much of it is noise: `python drift.py`. Pure Python."""

from __future__ import annotations

import math
import random
from bisect import bisect_right
from collections import Counter
from collections.abc import Hashable, Sequence

SMOOTHING = 0.5


def edges(baseline: Sequence[float], bins: int = 10) -> list[float]:
    """Cut points at the baseline's quantiles, without repeats; the outer bins are open, so that no value is left out.

    Raises:
        ValueError: the baseline has fewer values than bins.
    """
    if len(baseline) < bins:
        raise ValueError(f"{len(baseline)} values for {bins} bins; give more values or fewer bins")
    ordered = sorted(baseline)
    return sorted({ordered[len(ordered) * cut // bins] for cut in range(1, bins)})


def binned(values: Sequence[float], cuts: Sequence[float]) -> list[int]:
    """The bin of each value: 0 below the first cut, `len(cuts)` from the last one on."""
    return [bisect_right(cuts, value) for value in values]


def shares(values: Sequence[Hashable], classes: Sequence[Hashable]) -> list[float]:
    """The share of each class, smoothed so that a class without values is small but not zero.

    Raises:
        ValueError: there are no values.
    """
    if not values:
        raise ValueError("an empty window has no distribution; report missing data instead of drift")
    counts = Counter(values)
    total = len(values) + SMOOTHING * len(classes)
    return [(counts[item] + SMOOTHING) / total for item in classes]


def stability_index(baseline: Sequence[Hashable], current: Sequence[Hashable]) -> float:
    """Population stability index of two samples of classes: 0 for equal shares, unbounded above."""
    classes = sorted({*baseline, *current}, key=repr)
    pairs = zip(shares(baseline, classes), shares(current, classes), strict=True)
    return sum((now - before) * math.log(now / before) for before, now in pairs)


def distance(baseline: Sequence[Hashable], current: Sequence[Hashable]) -> float:
    """Jensen-Shannon distance with base 2 of two samples of classes, from 0 to 1."""
    classes = sorted({*baseline, *current}, key=repr)
    divergence = 0.0
    for before, now in zip(shares(baseline, classes), shares(current, classes), strict=True):
        middle = (before + now) / 2
        divergence += (before * math.log2(before / middle) + now * math.log2(now / middle)) / 2
    return math.sqrt(max(divergence, 0.0))


def noise(baseline: Sequence[float], rows: int, *, bins: int = 10, rounds: int = 200, seed: int = 7) -> float:
    """The index that a window of `rows` unshifted values stays under 99 times of 100: the lowest threshold worth an
    alert.
    """
    chance = random.Random(seed)
    cuts = edges(baseline, bins)
    reference = binned(baseline, cuts)
    drawn = sorted(stability_index(reference, chance.choices(reference, k=rows)) for _ in range(rounds))
    return drawn[math.ceil(rounds * 0.99) - 1]


def column_drift(baseline: Sequence[float], current: Sequence[float], bins: int = 10) -> float:
    """Population stability index of a numeric column, in bins of the baseline."""
    cuts = edges(baseline, bins)
    return stability_index(binned(baseline, cuts), binned(current, cuts))


def main() -> None:
    """Show that a shift passes the noise of its window, and that an unshifted window does not."""
    chance = random.Random(11)
    baseline = [chance.gauss(50, 10) for _ in range(5_000)]
    for rows in (200, 2_000):
        threshold = noise(baseline, rows)
        same = column_drift(baseline, [chance.gauss(50, 10) for _ in range(rows)])
        shifted = column_drift(baseline, [chance.gauss(55, 10) for _ in range(rows)])
        print(
            f"{rows} rows: noise up to {threshold:.3f}, unshifted {same:.3f}, shifted by half a deviation {shifted:.3f}"
        )
        assert shifted > threshold


if __name__ == "__main__":
    main()
