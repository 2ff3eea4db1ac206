"""Goldens that every epoch found and that are suddenly lost: too few to move a mean, and too many to believe each one.

One stable golden lost has a Fisher p-value below .05 (5 of 5 epochs before, at most 1 of 5 now). Among many of
them a few such losses are chance: taken each on its own they alone would stop every seventh equal system with 80
families and 5 epochs (docs/eval-gate.md). So a
loss fails the gate where its p-value holds against all that are watched (Holm), and else asks for more epochs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from orchestrator.evaluate.statistics.holm import holm
from orchestrator.evaluate.statistics.paired import broken_p_value

LOST, SHAKY = 0.05, 0.10
"""Fisher's p-value below which a golden is doubtful, and below which it is told of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """A `must_find` golden: in how many epochs each side found it."""

    name: str
    old_found: int
    old_epochs: int
    new_found: int
    new_epochs: int

    @property
    def is_stable(self) -> bool:
        """Whether every epoch of the old side found it."""
        return self.old_found == self.old_epochs > 0 and self.new_epochs > 0

    @property
    def p_value(self) -> float:
        """Fisher's one-sided p-value that it is found no less often; 1 where it was not stable before."""
        if not self.is_stable:
            return 1.0
        return broken_p_value(self.old_found, self.old_epochs, self.new_found, self.new_epochs)

    def __str__(self) -> str:
        counts = f"{self.old_found} of {self.old_epochs} epochs before, {self.new_found} of {self.new_epochs} now"
        return f"must-find golden {self.name} was found in {counts} (Fisher p {self.p_value:.4f})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Canaries:
    """The watched goldens that fail the gate, that keep it from passing, and that are only told."""

    broken: tuple[Watched, ...] = ()
    doubtful: tuple[Watched, ...] = ()
    shaky: tuple[Watched, ...] = ()


def canaries(watched: Sequence[Watched], *, alpha: float) -> Canaries:
    """What is to be said of the goldens that were stable."""
    stable = [each for each in watched if each.is_stable]
    raw = [each.p_value for each in stable]
    judged = list(zip(stable, raw, holm(raw), strict=True))
    return Canaries(
        broken=tuple(each for each, _, adjusted in judged if adjusted < alpha),
        doubtful=tuple(each for each, p, adjusted in judged if p < LOST and adjusted >= alpha),
        shaky=tuple(each for each, p, _ in judged if LOST <= p < SHAKY),
    )
