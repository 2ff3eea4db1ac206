"""Keeps the largest items of a stream of unknown length, and counts those it let go."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Largest(Generic[T]):
    """At most twice `limit` items are held, at most `limit` are given; the smallest by `weight` go first."""

    def __init__(self, limit: int, weight: Callable[[T], int]) -> None:
        self.dropped = 0
        self._limit = limit
        self._weight = weight
        self._items: list[T] = []

    def add(self, item: T) -> None:
        """Hold one more item."""
        self._items.append(item)
        if len(self._items) >= 2 * self._limit:
            self._shrink()

    def items(self) -> tuple[T, ...]:
        """The items kept, in the order in which they came."""
        if len(self._items) > self._limit:
            self._shrink()
        return tuple(self._items)

    def _shrink(self) -> None:
        places = sorted(range(len(self._items)), key=lambda place: self._weight(self._items[place]), reverse=True)
        kept = sorted(places[: self._limit])
        self.dropped += len(self._items) - len(kept)
        self._items = [self._items[place] for place in kept]
