"""Quantiles of the tasks of a stage in bounded memory: every value up to a cap, then an even random sample."""

from __future__ import annotations

from array import array
from dataclasses import dataclass

_STEP, _SHIFT, _STATES = 6_364_136_223_846_793_005, 1_442_695_040_888_963_407, 2**64 - 1
"""Knuth's MMIX generator: one log gives the same sample each time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """How a quantity is spread over the tasks of a stage; count, total, minimum and maximum are exact.

    The quantiles are those that the Spark UI shows (the value at place floor(q * count) of the ordered ones), over a
    sample where there were more tasks than the cap.
    """

    count: int = 0
    total: int = 0
    minimum: int = 0
    median: int = 0
    p95: int = 0
    maximum: int = 0

    @property
    def skew(self) -> float:
        """How many times the median the largest value is; 1.0 where there is nothing to compare."""
        return self.maximum / self.median if self.median > 0 else 1.0


class Sample:
    """Collects one quantity, task by task."""

    __slots__ = ("_cap", "_count", "_maximum", "_minimum", "_state", "_total", "_values")

    def __init__(self, cap: int) -> None:
        self._cap = cap
        self._values: array[int] = array("q")
        self._state = 1
        self._count = self._total = self._minimum = self._maximum = 0

    def add(self, value: int) -> None:
        """Count one more task; a value past 63 bits, which no honest log holds, counts as the largest one."""
        value = max(min(value, 2**62), -(2**62))
        self._minimum = min(self._minimum, value) if self._count else value
        self._maximum = max(self._maximum, value) if self._count else value
        self._count += 1
        self._total += value
        if len(self._values) < self._cap:
            self._values.append(value)
        elif (place := self._drawn()) < self._cap:
            self._values[place] = value

    def _drawn(self) -> int:
        """A place below the count, each as likely."""
        self._state = (self._state * _STEP + _SHIFT) & _STATES
        return (self._state >> 32) * self._count >> 32

    def spread(self) -> Spread:
        """What was collected."""
        if not self._count:
            return Spread()
        ordered = sorted(self._values)
        return Spread(
            count=self._count,
            total=self._total,
            minimum=self._minimum,
            median=_at(ordered, 50),
            p95=_at(ordered, 95),
            maximum=self._maximum,
        )


def _at(ordered: list[int], percent: int) -> int:
    return ordered[min(percent * len(ordered) // 100, len(ordered) - 1)]
