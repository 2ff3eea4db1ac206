"""A long listing in pieces of bounded size, with a cursor to go on from."""

from __future__ import annotations

import itertools
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from orchestrator.errors import WorkspaceError

T = TypeVar("T")
MAX_OPEN = 32
"""Listings kept open at once; an older one is read again from its start."""


@dataclass(frozen=True, kw_only=True)
class Piece(Generic[T]):
    """Some items of a listing; `cursor` gives the next ones and is None at the end."""

    items: tuple[T, ...]
    cursor: str | None


class Listings:
    """Open listings of one process, by cursor: the next piece goes on where the last one stopped."""

    def __init__(self) -> None:
        self._open: OrderedDict[str, Iterator[Any]] = OrderedDict()
        self._names = itertools.count(1)
        self._lock = threading.Lock()

    def take(self, start: Callable[[], Iterator[T]], *, cursor: str | None, limit: int) -> Piece[T]:
        """The next `limit` items: of the listing that `start` begins, or of the one that the cursor names.

        Raises:
            WorkspaceError: the cursor is not one that this process gave.
        """
        skipped, rest = self._resume(start, cursor)
        items = tuple(itertools.islice(rest, limit))
        following = next(rest, _END)
        if following is _END:
            return Piece(items=items, cursor=None)
        return Piece(items=items, cursor=self._keep(itertools.chain((following,), rest), skipped + len(items)))

    def _resume(self, start: Callable[[], Iterator[T]], cursor: str | None) -> tuple[int, Iterator[T]]:
        if cursor is None:
            return 0, start()
        number, _, count = cursor.partition("-")
        if not (number.isdecimal() and count.isdecimal()):
            raise WorkspaceError(f"the cursor {cursor[:40]!r} is not one of this server; leave it out to start again")
        with self._lock:
            kept = self._open.pop(cursor, None)
        if kept is not None:
            return int(count), kept
        return int(count), itertools.islice(start(), int(count), None)

    def _keep(self, rest: Iterator[Any], count: int) -> str:
        with self._lock:
            cursor = f"{next(self._names)}-{count}"
            self._open[cursor] = rest
            while len(self._open) > MAX_OPEN:
                self._open.popitem(last=False)
        return cursor


_END = object()
