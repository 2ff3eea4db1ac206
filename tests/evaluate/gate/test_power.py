"""The harness tests itself: it must not cry over nothing, and must see a loss that is there."""

from __future__ import annotations

import numpy as np
import pytest

from orchestrator.errors import UsageError
from orchestrator.evaluate.gate.power import World, rates, scene, side
from orchestrator.evaluate.gate.power_page import BEGIN, END, Measured, page, with_page
from orchestrator.evaluate.statistics.ratios import CLEAN_FP, RECALL, pooled


def test_of_100_runs_against_themselves_at_most_ten_are_stopped() -> None:
    found = rates(40, drop=0.0, repetitions=100)
    # 5 are expected; with an error rate of .05 more than 10 of 100 have a chance of 1 %.
    assert found.failed <= 10
    assert found.failed < found.naive


def test_a_lost_tenth_of_recall_is_seen_in_most_runs_and_never_passed() -> None:
    found = rates(60, drop=0.10, repetitions=60)
    assert found.failed >= 40
    assert found.passed == 0


def test_more_families_see_more() -> None:
    few, many = (rates(families, drop=0.10, repetitions=60).failed for families in (20, 80))
    assert few < many


def test_the_simulated_world_has_the_recall_and_the_drop_that_are_written_down() -> None:
    source, world = np.random.default_rng(3), World()
    at = scene(source, 4_000, world)
    old, _ = side(source, at, 3, 0.0)
    new, found = side(source, at, 3, 0.10)
    before, after = (pooled(each.mean(axis=1), RECALL) for each in (old, new))
    assert before == pytest.approx(world.recall, abs=0.02)
    assert before is not None
    assert after == pytest.approx(before - 0.10, abs=0.01)
    lines = sum(world.clean_lines) / 2
    assert pooled(old.mean(axis=1), CLEAN_FP) == pytest.approx(1000 * world.clean_false_findings / lines, rel=0.15)
    assert found.max() == 3


def test_the_same_seed_gives_the_same_rates() -> None:
    assert rates(20, drop=0.1, repetitions=10) == rates(20, drop=0.1, repetitions=10)


def test_the_page_keeps_its_words_and_changes_its_numbers() -> None:
    measured = Measured(
        world=World(),
        drop=0.1,
        equal=(rates(20, drop=0.0, repetitions=5),),
        worse=(rates(20, drop=0.1, repetitions=5),),
    )
    text = with_page(f"# Title\n\n{BEGIN}\nbefore now\n{END}\n\nend\n", page([measured]))
    assert text.startswith("# Title\n\n")
    assert text.endswith(f"{END}\n\nend\n")
    assert "before now" not in text
    assert "| 20 | " in text
    assert with_page(text, page([measured])) == text
    with pytest.raises(UsageError, match="between which the numbers could stand"):
        with_page("# Title\n", "x")
