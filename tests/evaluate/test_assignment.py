"""The assignment against brute force: the whole objective, on random small tables."""

from __future__ import annotations

from itertools import combinations, permutations
from random import Random

from hypothesis import example, given, settings
from hypothesis import strategies as st

from orchestrator.evaluate.assignment import MOST_GAP, Fit, Pairs, assign, objective
from orchestrator.evaluate.counts import Strength

Table = list[list[Fit | None]]

fits = st.builds(
    Fit,
    strength=st.sampled_from(["rule", "accepted", "category"]),
    gap=st.integers(0, MOST_GAP + 5),
    overlap=st.floats(0, 1),
)


@st.composite
def tables(draw: st.DrawFn, most: int = 5) -> Table:
    rows, columns = draw(st.integers(0, most)), draw(st.integers(1, most))
    return [[draw(st.none() | fits) for _ in range(columns)] for _ in range(rows)]


def every_assignment(table: Table) -> list[Pairs]:
    rows, columns = range(len(table)), range(len(table[0]) if table else 0)
    found = []
    for size in range(min(len(rows), len(columns)) + 1):
        for chosen in combinations(rows, size):
            for order in permutations(columns, size):
                pairs = tuple(zip(chosen, order, strict=True))
                if all(table[row][column] is not None for row, column in pairs):
                    found.append(pairs)
    return found


def near(gap: int = 0, strength: Strength = "rule", overlap: float = 1.0) -> Fit:
    return Fit(strength=strength, gap=gap, overlap=overlap)


@settings(max_examples=300, deadline=None)
@given(tables())
@example([[near(), near()], [near(), None]])  # greedy would lose one
@example([[near(3, "category"), near(0, "rule")], [near(0, "rule"), None]])
def test_the_assignment_is_worth_as_much_as_the_best_of_all(table: Table) -> None:
    best = max((objective(table, pairs) for pairs in every_assignment(table)), default=(0, 0, 0, 0, 0))
    found = assign(table)
    assert objective(table, found) == best
    assert len({row for row, _ in found}) == len({column for _, column in found}) == len(found)


@settings(max_examples=100, deadline=None)
@given(tables(), st.randoms())
def test_its_worth_does_not_depend_on_the_order_of_rows(table: Table, random: Random) -> None:
    shuffled = list(table)
    random.shuffle(shuffled)
    assert objective(shuffled, assign(shuffled)) == objective(table, assign(table))


def test_more_matches_go_before_better_ones() -> None:
    table: Table = [[near(), near(3, "category", 0.0)], [near(0), None]]
    assert assign(table) == ((0, 1), (1, 0))


def test_a_name_goes_before_a_place() -> None:
    assert assign([[near(0, "category")], [near(3, "accepted", 0.0)], [near(0, "category")]]) == ((1, 0),)


def test_twenty_equal_goldens_and_two_hundred_findings_are_still_matched() -> None:
    table: Table = [[near(row % 4) for _ in range(20)] for row in range(200)]
    assert objective(table, assign(table))[:4] == (20, 20, 0, 20 * MOST_GAP)
