"""From which distance on a window is an alarm: above what chance alone does to a window of the baseline."""

from __future__ import annotations

import argparse
from dataclasses import dataclass

import numpy as np
import pandas as pd

from .watched import drifting

# A window with fewer rows is no evidence.
FEWEST_ROWS = 200
# An alarm needs two windows in a row, so that one in ten thousand pairs of quiet days alarms by chance.
QUIET = 0.99
ROUNDS = 200
SEED = 7
MOST_ROWS = 100_000


@dataclass(frozen=True, kw_only=True)
class Threshold:
    """The Kolmogorov-Smirnov distance beyond which a column's window is an alarm."""

    column_name: str
    distance: float
    minimum_rows: int


def distance(baseline: np.ndarray, window: np.ndarray) -> float:
    """The largest difference of the two distribution functions, from 0 to 1; missing values are left out.

    Raises: ValueError where one of the two has no values: that is missing data, and not drift.
    """
    first, second = (np.sort(values[~np.isnan(values)]) for values in (baseline, window))
    if not len(first) or not len(second):
        raise ValueError("an empty window has no distribution; report missing data instead of drift")
    at = np.concatenate([first, second])
    below = (np.searchsorted(part, at, side="right") / len(part) for part in (first, second))
    return float(np.max(np.abs(next(below) - next(below))))


def threshold(name: str, baseline: np.ndarray, rows: int = FEWEST_ROWS) -> Threshold:
    """The distance that a window of so many unshifted rows stays under 99 times of 100, measured on halves.

    Raises: ValueError where half of the baseline is smaller than a window.
    """
    known = baseline[~np.isnan(baseline)]
    if len(known) < 2 * rows:
        raise ValueError(f"{name}: {len(known)} values in the baseline, and {2 * rows} are needed")
    random = np.random.default_rng(SEED)
    drawn = []
    for _ in range(ROUNDS):
        mixed = random.permutation(known)
        drawn.append(distance(mixed[rows:], mixed[:rows]))
    return Threshold(column_name=name, distance=float(np.quantile(drawn, QUIET)), minimum_rows=rows)


def thresholds(baseline: pd.DataFrame) -> list[Threshold]:
    """One for each column that is watched for drift."""
    return [threshold(name, baseline[name].to_numpy(dtype=float)) for name in drifting()]


def main() -> None:
    """Measure the noise of the baseline and replace the table of thresholds."""
    from pyspark.sql import SparkSession  # a laptop that only runs the tests has none

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--baseline", required=True, help="full name of the scored held-out rows")
    parser.add_argument("--thresholds", required=True, help="full name of the table to write")
    asked = parser.parse_args()
    spark = SparkSession.builder.getOrCreate()
    rows = spark.table(asked.baseline).select(*drifting()).limit(MOST_ROWS).toPandas()
    spark.createDataFrame(thresholds(rows)).writeTo(asked.thresholds).createOrReplace()


if __name__ == "__main__":
    main()
