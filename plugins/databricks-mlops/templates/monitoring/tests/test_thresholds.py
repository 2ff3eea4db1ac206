"""The noise of the baseline stays silent and a shift speaks; nothing at all is no drift."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from template_part.thresholds import FEWEST_ROWS, distance, threshold, thresholds
from template_part.watched import drifting

RANDOM = np.random.default_rng(11)
BASELINE = RANDOM.normal(50, 10, 4_000)


def test_two_halves_of_the_baseline_are_silent_and_a_shifted_half_speaks() -> None:
    limit = threshold("amount", BASELINE, rows=2_000)

    assert distance(BASELINE[:2_000], BASELINE[2_000:]) < limit.distance
    assert distance(BASELINE[:2_000], BASELINE[2_000:] + 3) > limit.distance


def test_a_smaller_window_has_more_noise_and_a_higher_threshold() -> None:
    small, large = threshold("amount", BASELINE, rows=200), threshold("amount", BASELINE, rows=2_000)

    assert small.distance > large.distance
    # Smirnov's limit for the same rows.
    assert small.distance == pytest.approx(1.63 * np.sqrt(1 / 200 + 1 / 3_800), rel=0.25)


def test_a_distance_is_nought_for_the_same_and_one_for_what_never_overlaps() -> None:
    assert distance(BASELINE, BASELINE) == 0
    assert distance(BASELINE, BASELINE + 1_000) == 1


def test_missing_values_are_left_out_and_an_empty_window_is_no_drift() -> None:
    assert distance(np.append(BASELINE, np.nan), BASELINE) == 0
    with pytest.raises(ValueError, match="an empty window"):
        distance(BASELINE, np.array([np.nan]))


def test_each_watched_column_gets_a_threshold_and_a_small_baseline_is_refused() -> None:
    rows = pd.DataFrame({name: RANDOM.normal(size=2 * FEWEST_ROWS) for name in drifting()})

    assert [each.column_name for each in thresholds(rows)] == drifting()
    with pytest.raises(ValueError, match="are needed"):
        thresholds(rows.head(FEWEST_ROWS))
