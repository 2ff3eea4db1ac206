"""What a drift metric must tell apart."""

from __future__ import annotations

import random

import pytest
from drift import binned, column_drift, distance, edges, noise, stability_index

CHANCE = random.Random(3)
BASELINE = [CHANCE.gauss(0, 1) for _ in range(4_000)]


def test_sample_compared_with_itself_has_no_drift() -> None:
    assert column_drift(BASELINE, BASELINE) == 0
    assert distance("aab", "aab") == 0


def test_drift_grows_with_the_shift() -> None:
    small, large = ([value + shift for value in BASELINE] for shift in (0.2, 0.8))

    assert 0 < column_drift(BASELINE, small) < column_drift(BASELINE, large)


def test_values_beyond_the_baseline_fall_into_the_outer_bins_and_count_as_drift() -> None:
    assert set(binned([-1e9, 1e9], edges(BASELINE))) == {0, 9}
    assert column_drift(BASELINE, [1e9] * 500) > 1


def test_new_category_is_drift_and_not_a_division_by_zero() -> None:
    assert 1 < stability_index(["web"] * 90 + ["shop"] * 10, ["web"] * 50 + ["app"] * 50) < 5


def test_distance_is_symmetric_and_nearly_one_without_a_common_class() -> None:
    assert distance("a" * 500, "b" * 300) == pytest.approx(distance("b" * 300, "a" * 500))
    assert 0.97 < distance("a" * 500, "b" * 500) <= 1


def test_small_window_drifts_by_noise_alone_and_the_threshold_knows() -> None:
    assert noise(BASELINE, 100) > noise(BASELINE, 1_000) > noise(BASELINE, 10_000)
    assert noise(BASELINE, 100) > 0.1


def test_mean_noise_is_near_the_known_expectation() -> None:
    rows, bins, chance = 400, 10, random.Random(5)
    cuts = edges(BASELINE, bins)
    reference = binned(BASELINE, cuts)
    drawn = [stability_index(reference, binned([chance.gauss(0, 1) for _ in range(rows)], cuts)) for _ in range(150)]

    assert sum(drawn) / len(drawn) == pytest.approx((bins - 1) * (1 / rows + 1 / len(BASELINE)), rel=0.25)


def test_empty_window_is_missing_data_and_not_drift() -> None:
    with pytest.raises(ValueError, match="empty window"):
        column_drift(BASELINE, [])
