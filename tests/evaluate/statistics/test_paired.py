"""Paired tests against brute force, scipy's own permutation test, and published values."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from scipy import stats

from orchestrator.evaluate.statistics.holm import holm
from orchestrator.evaluate.statistics.paired import (
    broken_p_value,
    change_p_value,
    mcnemar_mid_p,
    regression_p_values,
)
from orchestrator.evaluate.statistics.ratios import CLEAN_FP, COLUMNS, F05, PRIMARY, RECALL, Array, Ratio, pooled
from tests.evaluate.statistics.test_intervals import counts


def brute(old: Array, new: Array, ratio: Ratio) -> float:
    """The p-value by every swap of every family, written as its definition."""

    def gain(one: Array, other: Array) -> float:
        before, after = pooled(one, ratio), pooled(other, ratio)
        assert before is not None
        assert after is not None
        return (after - before) * ratio.sign

    seen, as_bad, total = gain(old, new), 0, 0
    for swap in product((False, True), repeat=len(old)):
        mask = np.array(swap)[:, None]
        as_bad += gain(np.where(mask, new, old), np.where(mask, old, new)) <= seen + 1e-12
        total += 1
    return as_bad / total


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("ratio", PRIMARY, ids=lambda ratio: ratio.name)
def test_few_families_are_tested_exactly_as_by_brute_force(seed: int, ratio: Ratio) -> None:
    old, new = counts(seed, 8), counts(seed + 100, 8)
    assert regression_p_values(old, new, (ratio,)) == pytest.approx([brute(old, new, ratio)])


def test_families_without_a_difference_change_nothing() -> None:
    old, new = counts(1, 8), counts(2, 8)
    same = counts(3, 60)
    (p,) = regression_p_values(np.concatenate([old, same]), np.concatenate([new, same]), (RECALL,))
    assert p * 256 == pytest.approx(round(p * 256))


@pytest.mark.parametrize("seed", range(3))
def test_many_families_are_tested_as_by_scipy_up_to_the_draws(seed: int) -> None:
    old, new = counts(seed, 40), counts(seed + 100, 40)
    both = np.concatenate([old, new])

    def statistic(one: Array, other: Array, axis: int = -1) -> Array:
        assert axis == -1
        sums = [both[index.astype(int)].sum(axis=-2) @ F05.forms for index in (one, other)]
        return np.asarray(sums[1][..., 0] / sums[1][..., 1] - sums[0][..., 0] / sums[0][..., 1])

    theirs = stats.permutation_test(
        (np.arange(40), np.arange(40) + 40),
        statistic,
        permutation_type="samples",
        vectorized=True,
        n_resamples=20_000,
        alternative="less",
        rng=1,
    ).pvalue
    (ours,) = regression_p_values(old, new, (F05,))
    assert ours == pytest.approx(float(theirs), abs=0.015)


def test_five_lost_goldens_and_nothing_else_have_the_p_value_of_five_coins() -> None:
    old = np.zeros((30, len(COLUMNS)))
    old[:, COLUMNS.index("tp")] = 1
    new = old.copy()
    new[:5, COLUMNS.index("tp")], new[:5, COLUMNS.index("fn")] = 0, 1
    assert regression_p_values(old, new, (RECALL,)) == pytest.approx([1 / 32])
    assert regression_p_values(new, old, (RECALL,)) == pytest.approx([1.0])
    assert change_p_value(old, new, RECALL) == pytest.approx(1 / 16)


def test_a_measure_that_is_undefined_has_no_p_value() -> None:
    nothing = np.zeros((30, len(COLUMNS)))
    assert np.isnan(regression_p_values(nothing, nothing, (CLEAN_FP,))).all()
    assert change_p_value(nothing, nothing, CLEAN_FP) is None


def test_equal_systems_have_a_p_value_of_one() -> None:
    table = counts(1, 40)
    assert regression_p_values(table, table, PRIMARY) == [1.0, 1.0, 1.0]


def test_of_two_systems_that_are_alike_a_twentieth_has_a_p_value_below_a_twentieth() -> None:
    below = sum(regression_p_values(counts(s, 30), counts(s + 5_000, 30), (F05,))[0] < 0.05 for s in range(600))
    assert 0.03 <= below / 600 <= 0.075


@pytest.mark.parametrize(("lost", "found", "p"), [(5, 0, 1 / 32), (0, 0, 1.0), (4, 4, 1.0), (1, 9, 0.01171875)])
def test_mid_p_is_twice_the_tail_less_one_point(lost: int, found: int, p: float) -> None:
    assert mcnemar_mid_p(lost, found) == pytest.approx(p)
    assert mcnemar_mid_p(found, lost) == pytest.approx(p)


@pytest.mark.parametrize(("lost", "found"), [(2, 7), (12, 5), (30, 41)])
def test_mid_p_is_the_mean_of_the_exact_test_and_the_next_more_extreme_one(lost: int, found: int) -> None:
    exact = stats.binomtest(lost, lost + found, 0.5).pvalue
    point = stats.binom.pmf(min(lost, found), lost + found, 0.5)
    assert mcnemar_mid_p(lost, found) == pytest.approx(float(exact - point))


@pytest.mark.parametrize(
    ("old", "new", "p"),
    [((5, 5), (1, 5), 0.0238), ((5, 5), (2, 5), 0.0833), ((5, 5), (0, 5), 0.0040), ((3, 3), (0, 3), 0.05)],
)
def test_a_golden_that_broke_has_the_p_value_of_fisher(old: tuple[int, int], new: tuple[int, int], p: float) -> None:
    assert broken_p_value(*old, *new) == pytest.approx(p, abs=5e-5)


@pytest.mark.parametrize(
    ("given", "adjusted"),
    [
        ([0.01, 0.04, 0.03], [0.03, 0.06, 0.06]),
        ([0.01, 0.02, 0.03, 0.04], [0.04, 0.06, 0.06, 0.06]),
        ([0.5, 0.9], [1.0, 1.0]),
        ([0.02], [0.02]),
        ([], []),
    ],
)
def test_holm_is_the_step_down_rule(given: list[float], adjusted: list[float]) -> None:
    assert holm(given) == pytest.approx(adjusted)


def test_holm_keeps_one_error_rate_for_three_tests() -> None:
    source = np.random.default_rng(1)
    false = sum(min(holm(list(source.uniform(size=3)))) < 0.05 for _ in range(4_000))
    assert false / 4_000 == pytest.approx(0.05, abs=0.012)
