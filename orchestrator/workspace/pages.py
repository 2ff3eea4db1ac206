"""A long listing in pieces of bounded size, with a cursor to go on from."""

from __future__ import annotations

import itertools
import threading
import zlib
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

    def take(self, start: Callable[[], Iterator[T]], *, cursor: str | None, limit: int, asked: str = "") -> Piece[T]:
        """The next `limit` items: of the listing that `start` begins, or of the one that the cursor names.

        `asked` says what is listed: a cursor goes on only with the listing that it came from.

        Raises:
            WorkspaceError: the cursor is not one that this process gave, or belongs to another listing.
        """
        mark = f"{zlib.crc32(asked.encode()):x}"
        skipped, rest = self._resume(start, cursor, mark)
        items = tuple(itertools.islice(rest, limit))
        following = next(rest, _END)
        if following is _END:
            return Piece(items=items, cursor=None)
        return Piece(items=items, cursor=self._keep(itertools.chain((following,), rest), skipped + len(items), mark))

    def _resume(self, start: Callable[[], Iterator[T]], cursor: str | None, mark: str) -> tuple[int, Iterator[T]]:
        if cursor is None:
            return 0, start()
        number, count, of = [*cursor.split("-", maxsplit=2), "", ""][:3]
        if not (number.isdecimal() and count.isdecimal() and of):
            raise WorkspaceError(f"the cursor {cursor[:40]!r} is not one of this server; leave it out to start again")
        if of != mark:
            raise WorkspaceError("the cursor belongs to a listing with other arguments; leave it out to start this one")
        with self._lock:
            kept = self._open.pop(cursor, None)
        if kept is not None:
            return int(count), kept
        return int(count), itertools.islice(start(), int(count), None)

    def _keep(self, rest: Iterator[Any], count: int, mark: str) -> str:
        with self._lock:
            cursor = f"{next(self._names)}-{count}-{mark}"
            self._open[cursor] = rest
            while len(self._open) > MAX_OPEN:
                self._open.popitem(last=False)
        return cursor


_END = object()
