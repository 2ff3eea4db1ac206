"""The best one-to-one assignment of predictions to goldens: exact, and the same whatever order they come in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from orchestrator.errors import OrchestratorError
from orchestrator.evaluate.counts import Strength

MOST_GAP = 40
"""Lines from which on two gaps count as equally far."""
OVERLAP_STEPS = 40
"""Steps in which the share of common lines is counted."""
_EXACT = 2**50
"""Below this sum every weight is exact as the floating-point number that scipy computes with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """How a prediction fits a golden that it may be matched with."""

    strength: Strength
    gap: int
    overlap: float

    @property
    def near(self) -> int:
        """Lines nearer than `MOST_GAP`: more is better."""
        return MOST_GAP - min(self.gap, MOST_GAP)

    @property
    def steps(self) -> int:
        """The overlap in whole steps."""
        return round(self.overlap * OVERLAP_STEPS)


Table = Sequence[Sequence[Fit | None]]
"""A row a prediction and a column a golden, both in their stable order; None where the two may not be matched."""
Pairs = tuple[tuple[int, int], ...]


def assign(table: Table) -> Pairs:
    """The matched rows and columns, in order.

    As many as can be; of those most by rule, then most by another accepted name; then the least gap, the most common
    lines, and the smallest places in the stable order.
    """
    found: list[tuple[int, int]] = []
    for rows, columns in _components(table):
        found.extend(_assigned(table, rows, columns))
    return tuple(sorted(found))


def objective(table: Table, pairs: Pairs) -> tuple[int, ...]:
    """What an assignment is worth, the most important first: the best one has the greatest."""
    fits = [(fit, row, column) for row, column in pairs if (fit := table[row][column]) is not None]
    return (
        len(fits),
        sum(fit.strength == "rule" for fit, _, _ in fits),
        sum(fit.strength == "accepted" for fit, _, _ in fits),
        sum(fit.near for fit, _, _ in fits),
        sum(fit.steps for fit, _, _ in fits),
    )


def _assigned(table: Table, rows: list[int], columns: list[int]) -> Iterator[tuple[int, int]]:
    if len(rows) == 1 and len(columns) == 1:
        yield rows[0], columns[0]
        return
    from numpy import array, float64
    from scipy.optimize import linear_sum_assignment

    weights = _weights([[table[row][column] for column in columns] for row in rows])
    for row, column in zip(*linear_sum_assignment(array(weights, dtype=float64), maximize=True), strict=True):
        if weights[row][column]:
            yield rows[row], columns[column]


def _weights(fits: list[list[Fit | None]]) -> list[list[int]]:
    """Whole numbers whose sums order assignments as `objective` does, and then by the stable order."""
    most = min(len(fits), len(fits[0]))
    tie = len(fits) * len(fits[0])
    bases = [most + 1, most + 1, most * MOST_GAP + 1, most * OVERLAP_STEPS + 1, most * tie + 1]
    places: list[int] = [1]
    for base in reversed(bases):
        places.insert(0, places[0] * base)
    if most * places[0] > _EXACT:
        # Without the last place the result still does not depend on the order: rows and columns are sorted.
        places = [place // bases[-1] for place in places[:-1]] + [0]
    if most * 2 * places[0] > _EXACT:
        raise OrchestratorError(f"{len(fits)} findings at {len(fits[0])} places that all fit are too many to match")
    columns = len(fits[0])
    return [
        [0 if fit is None else _weight(fit, tie - row * columns - at - 1, places) for at, fit in enumerate(line)]
        for row, line in enumerate(fits)
    ]


def _weight(fit: Fit, tie: int, places: list[int]) -> int:
    digits = (1, int(fit.strength == "rule"), int(fit.strength == "accepted"), fit.near, fit.steps, tie)
    return sum(digit * place for digit, place in zip(digits, places, strict=True))


def _components(table: Table) -> Iterator[tuple[list[int], list[int]]]:
    """The rows and columns that hang together by what may be matched, each set in order."""
    seen: set[int] = set()
    for start in range(len(table)):
        if start in seen or not any(table[start]):
            continue
        rows, columns, waiting = {start}, set[int](), [start]
        while waiting:
            row = waiting.pop()
            new = {at for at, fit in enumerate(table[row]) if fit is not None} - columns
            columns |= new
            joined = {other for other in range(len(table)) if any(table[other][at] for at in new)} - rows
            rows |= joined
            waiting.extend(joined)
        seen |= rows
        yield sorted(rows), sorted(columns)
