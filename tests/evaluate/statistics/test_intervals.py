"""Intervals against scipy's own bootstrap, published values, and the share of the truth that they hold."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from orchestrator.evaluate.statistics.intervals import (
    cluster_interval,
    lower_bounds,
    paired_interval,
    poisson_interval,
    wilson_interval,
)
from orchestrator.evaluate.statistics.ratios import (
    CLEAN_FP,
    COLUMNS,
    F05,
    PRECISION,
    PRIMARY,
    RECALL,
    Array,
    Ratio,
    over_epochs,
    pooled,
)


def counts(seed: int, families: int) -> Array:
    """Counts of some families, drawn at random."""
    source = np.random.default_rng(seed)
    tp, fn, fp = source.poisson(2, families), source.poisson(1, families), source.poisson(0.7, families)
    lines = source.integers(50, 300, families)
    columns = (tp, fp, fn, 3 * tp, 3 * (tp + fn), source.poisson(0.1, families), lines)
    return np.stack(columns, axis=1).astype(np.float64)


def test_a_pooled_measure_is_of_the_sums_and_undefined_without_anything_to_find_or_say() -> None:
    table = np.array([[1, 0, 1, 4, 8, 0, 500], [3, 1, 0, 4, 4, 1, 500]], dtype=np.float64)
    assert pooled(table, PRECISION) == pytest.approx(4 / 5)
    assert pooled(table, RECALL) == pytest.approx(4 / 5)
    assert pooled(table, F05) == pytest.approx(1.25 * 4 / (1.25 * 4 + 0.25 * 1 + 1))
    assert pooled(table, CLEAN_FP) == pytest.approx(1.0)
    assert pooled(np.zeros((3, len(COLUMNS))), F05) is None


def test_epochs_are_averaged_inside_the_family() -> None:
    table = np.arange(2 * 3 * len(COLUMNS), dtype=np.float64).reshape(2, 3, len(COLUMNS))
    assert np.array_equal(over_epochs(table)[1], table[1].mean(axis=0))


@pytest.mark.parametrize(("families", "method"), [(25, "percentile"), (60, "BCa")])
@pytest.mark.parametrize("ratio", [PRECISION, F05], ids=lambda ratio: ratio.name)
def test_the_interval_is_that_of_scipy_up_to_the_draws(families: int, method: str, ratio: Ratio) -> None:
    table = counts(7, families)
    found = cluster_interval(table, ratio)
    assert found is not None
    assert found.method == method

    def statistic(index: Array, axis: int = -1) -> Array:
        assert axis == -1
        sums = table[index.astype(int)].sum(axis=-2) @ ratio.forms
        return np.asarray(sums[..., 0] / sums[..., 1])

    theirs = stats.bootstrap(
        (np.arange(families),), statistic, n_resamples=20_000, vectorized=True, method=method, rng=3
    ).confidence_interval
    width = float(theirs.high - theirs.low)
    assert found.low == pytest.approx(float(theirs.low), abs=0.05 * width)
    assert found.high == pytest.approx(float(theirs.high), abs=0.05 * width)


@pytest.mark.parametrize("families", [30, 80])
def test_95_of_100_intervals_hold_the_truth(families: int) -> None:
    truth, held, runs = 2 / 3, 0, 300
    for seed in range(runs):
        found = cluster_interval(counts(seed, families), RECALL)
        assert found is not None
        held += found.low <= truth <= found.high
    assert 0.91 <= held / runs <= 0.98


def test_families_are_the_unit_so_that_copies_of_a_family_do_not_narrow_the_interval() -> None:
    table = counts(1, 40)
    one, many = cluster_interval(table, RECALL), cluster_interval(table * 10, RECALL)
    assert one is not None
    assert many is not None
    assert (many.low, many.high) == pytest.approx((one.low, one.high))


def test_the_same_counts_give_the_same_interval_to_the_last_bit() -> None:
    assert cluster_interval(counts(5, 50), F05) == cluster_interval(counts(5, 50), F05)


def test_two_equal_systems_have_a_gain_of_exactly_nothing() -> None:
    table = counts(5, 50)
    found = paired_interval(table, table, F05)
    assert found is not None
    assert (found.low, found.high) == (0.0, 0.0)
    assert lower_bounds(table, table, PRIMARY, level=0.95) == [0.0, 0.0, 0.0]


def test_a_cost_that_grew_is_a_loss() -> None:
    old = counts(5, 50)
    new = old.copy()
    new[:, COLUMNS.index("clean_fp")] += 1
    (bound,) = lower_bounds(old, new, (CLEAN_FP,), level=0.95)
    assert bound < -1


@pytest.mark.parametrize("families", [25, 60])
def test_a_lower_bound_is_the_lower_end_of_a_two_sided_interval_of_twice_the_error(families: int) -> None:
    old, new = counts(1, families), counts(2, families)
    (bound,) = lower_bounds(old, new, (RECALL,), level=0.95)
    both = paired_interval(old, new, RECALL, level=0.90)
    assert both is not None
    assert bound == pytest.approx(both.low)


def test_one_family_or_none_has_no_interval() -> None:
    assert cluster_interval(counts(1, 1), RECALL) is None
    assert paired_interval(counts(1, 1), counts(1, 1), RECALL) is None
    assert np.isnan(lower_bounds(counts(1, 1), counts(1, 1), PRIMARY, level=0.95)).all()
    assert cluster_interval(np.zeros((30, len(COLUMNS))), RECALL) is None


@pytest.mark.parametrize(
    ("events", "low", "high"), [(0, 0.0, 3.6889), (1, 0.0253, 5.5716), (5, 1.6235, 11.6683), (10, 4.7954, 18.3904)]
)
def test_the_exact_interval_of_a_count_is_that_of_the_tables(events: int, low: float, high: float) -> None:
    found = poisson_interval(events, 1)
    assert found is not None
    assert (found.low, found.high) == pytest.approx((low, high), abs=5e-5)


def test_no_false_finding_on_50000_lines_is_below_a_14th_a_thousand() -> None:
    found = poisson_interval(0, 50)
    assert found is not None
    assert round(found.high, 2) == 0.07
    assert poisson_interval(3, 0) is None


def test_wilson_is_that_of_newcombe_1998() -> None:
    found = wilson_interval(81, 263)
    assert found is not None
    assert (found.low, found.high) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    zero = wilson_interval(0, 20)
    assert zero is not None
    assert (zero.low, zero.high) == pytest.approx((0.0, 0.1611), abs=5e-5)
    assert wilson_interval(0, 0) is None
