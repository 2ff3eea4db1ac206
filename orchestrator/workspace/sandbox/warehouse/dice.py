"""Numbers that look random and depend on a text alone."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from typing import TypeVar

T = TypeVar("T")
_MOST = 2**64


class Dice:
    """A series of numbers: the same text gives the same series on every machine."""

    def __init__(self, text: str) -> None:
        self._text = text.encode()
        self._thrown = 0

    def share(self) -> float:
        """A number from 0 up to 1."""
        self._thrown += 1
        digest = blake2b(self._text + b"/" + str(self._thrown).encode(), digest_size=8).digest()
        return int.from_bytes(digest, "big") / _MOST

    def between(self, low: int, high: int) -> int:
        """A whole number from `low` to `high`, both included."""
        return low + int(self.share() * (high - low + 1))

    def choice(self, items: Sequence[T]) -> T:
        """One of the items."""
        return items[self.between(0, len(items) - 1)]
