"""The live lane on runs whose truth is known: a loss, nothing, too few families, and a golden that broke."""

from __future__ import annotations

import pytest

from orchestrator.evaluate.compare import watched
from orchestrator.evaluate.counts import CaseScore
from orchestrator.evaluate.gate.canary import Watched, canaries
from orchestrator.evaluate.gate.live import Sides, alpha_of, live_lane
from orchestrator.evaluate.gate.verdicts import Lane, Verdict, overall
from orchestrator.evaluate.statistics.tables import pair
from tests.evaluate.gate.scores import case, epochs, false


def lane(old: list[CaseScore], new: list[CaseScore], *, looks: int = 1, count: int = 3) -> Lane:
    """The lane's word on two sides of equal epochs."""
    before, now = epochs(*old, count=count), epochs(*new, count=count)
    both = pair(before, now)
    sides = Sides(
        old=both.old,
        new=both.new,
        old_epochs=both.old_epochs,
        new_epochs=both.new_epochs,
        watched=tuple(watched(before, now)),
    )
    return live_lane(sides, looks=looks)


BOTH = (True, True)
GOOD = [case(number, found=BOTH) for number in range(30)]


def test_equal_runs_pass() -> None:
    assert lane(GOOD, GOOD).verdict is Verdict.PASSED


def test_lost_goldens_in_many_families_are_a_regression_and_the_measure_is_named() -> None:
    worse = [case(number, found=(number > 9, True), must_find=False) for number in range(30)]
    said = lane(GOOD, worse)
    assert said.verdict is Verdict.REGRESSION
    assert any("it fell: severity-weighted recall: 1.000 before, 0.733 now" in reason for reason in said.reasons)


def test_a_gain_passes() -> None:
    worse = [case(number, found=(number > 9, True)) for number in range(30)]
    assert lane(worse, GOOD).verdict is Verdict.PASSED


def test_false_findings_on_clean_code_are_a_regression_though_nothing_is_lost() -> None:
    noisy = [case(number, found=BOTH, twin=(false(),)) for number in range(30)]
    said = lane(GOOD, noisy)
    assert said.verdict is Verdict.REGRESSION
    assert any("clean lines" in reason for reason in said.reasons)


def test_what_chance_may_explain_and_may_hide_is_inconclusive() -> None:
    worse = [case(number, found=(number > 3, True), must_find=False) for number in range(30)]
    said = lane(GOOD, worse)
    assert said.verdict is Verdict.INCONCLUSIVE
    assert any("a loss of 0.05 is not ruled out" in reason for reason in said.reasons)


@pytest.mark.parametrize(("families", "count", "says"), [(19, 3, "19 case families"), (30, 2, "2 epochs are fewer")])
def test_too_few_families_or_epochs_can_only_be_inconclusive(families: int, count: int, says: str) -> None:
    worse = [case(number, found=(False, False)) for number in range(families)]
    for new in (GOOD[:families], worse):
        said = lane(GOOD[:families], new, count=count)
        assert said.verdict is Verdict.INCONCLUSIVE
        assert says in said.reasons[0]


def test_nothing_in_common_is_inconclusive() -> None:
    assert lane([], GOOD).verdict is Verdict.INCONCLUSIVE


def test_two_looks_share_one_error_rate() -> None:
    assert (alpha_of(1), alpha_of(2)) == (0.05, 0.025)
    worse = [case(number, found=(number > 5, True), must_find=False) for number in range(30)]
    assert lane(GOOD, worse).verdict is Verdict.REGRESSION
    assert lane(GOOD, worse, looks=2).verdict is Verdict.INCONCLUSIVE


def broken(now: int, epochs: int = 5) -> Watched:
    """A golden that all old epochs found."""
    return Watched(name="case-00 g1", old_found=5, old_epochs=5, new_found=now, new_epochs=epochs)


STEADY = tuple(Watched(name=f"g{at}", old_found=5, old_epochs=5, new_found=5, new_epochs=5) for at in range(60))


def test_one_stable_golden_that_is_lost_fails_on_its_own() -> None:
    assert canaries((broken(1),), alpha=0.05).broken
    assert canaries((broken(2),), alpha=0.05).shaky
    assert not canaries((broken(3),), alpha=0.05).shaky


def test_among_many_that_are_watched_one_loss_is_doubtful_until_more_epochs_show_it() -> None:
    assert canaries((broken(1), *STEADY), alpha=0.05).doubtful
    assert not canaries((broken(1), *STEADY), alpha=0.05).broken
    assert canaries((broken(1, epochs=15), *STEADY), alpha=0.05).broken


def test_a_golden_that_was_not_stable_is_not_watched() -> None:
    shaky = Watched(name="x", old_found=4, old_epochs=5, new_found=0, new_epochs=5)
    found = canaries((shaky,), alpha=0.05)
    assert (found.broken, found.doubtful, found.shaky) == ((), (), ())


def test_a_doubtful_golden_keeps_the_gate_from_passing() -> None:
    families = [case(number, found=BOTH, severities=("low", "low")) for number in range(200)]
    lost = [case(0, found=(False, True), severities=("low", "low")), *families[1:]]
    assert lane(families, families, count=5).verdict is Verdict.PASSED
    said = lane(families, lost, count=5)
    assert said.verdict is Verdict.INCONCLUSIVE
    assert "case-00 g1 was found in 5 of 5 epochs before, 0 of 5 now" in said.reasons[0]


def test_damage_comes_before_regression_and_that_before_doubt() -> None:
    lanes = {verdict: Lane(name="x", verdict=verdict) for verdict in Verdict}
    assert overall(tuple(lanes.values())) is Verdict.INTEGRITY
    assert overall((lanes[Verdict.INCONCLUSIVE], lanes[Verdict.REGRESSION])) is Verdict.REGRESSION
    assert overall((lanes[Verdict.PASSED], lanes[Verdict.INCONCLUSIVE])) is Verdict.INCONCLUSIVE
    assert overall(()) is Verdict.PASSED
