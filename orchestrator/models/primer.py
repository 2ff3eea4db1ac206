"""One call of a cohort goes first; the others start when its answer has begun, and read the cache that it wrote."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import anyio

from orchestrator.models.conversation import Began, nobody

FRESH_SECONDS = 270.0
"""A cached prefix lives five minutes from the start of the last request that used it; this is that with a margin."""
_TRIES = 2


@dataclass(slots=True, kw_only=True)
class _Prefix:
    used: float | None = None
    """When a request that wrote or read it last started; None for one that is not written, as far as we know."""
    first: anyio.Event | None = None
    """Set when the call that goes first has begun to be answered, or has ended."""
    failures: int = 0


class Primer:
    """Lets one call of each prefix go first; `clock` counts seconds."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic, fresh: float = FRESH_SECONDS) -> None:
        self._clock = clock
        self._fresh = fresh
        self._prefixes: dict[str, _Prefix] = {}

    @asynccontextmanager
    async def turn(self, prefix: str) -> AsyncIterator[Began]:
        """The turn of one call: what it yields is to be called when its answer has begun.

        Waits while another call of the prefix goes first. After two calls that ended without an answer nobody waits.
        """
        state = self._prefixes.setdefault(prefix, _Prefix())
        while state.first is not None:
            await state.first.wait()
        if self._is_fresh(state):
            state.used = self._clock()
            yield nobody
        elif state.failures >= _TRIES:
            yield self._marking(state)
        else:
            async with self._going_first(state) as began:
                yield began

    @asynccontextmanager
    async def _going_first(self, state: _Prefix) -> AsyncIterator[Began]:
        first, mark = anyio.Event(), self._marking(state)
        state.first = first

        def began() -> None:
            mark()
            self._let_go(state, first)

        try:
            yield began
        finally:
            if not first.is_set():
                state.failures += 1
                self._let_go(state, first)

    def _marking(self, state: _Prefix) -> Began:
        """What marks the prefix as written by a call that starts now."""
        started = self._clock()

        def mark() -> None:
            state.used, state.failures = started, 0

        return mark

    def _is_fresh(self, state: _Prefix) -> bool:
        return state.used is not None and self._clock() - state.used <= self._fresh

    @staticmethod
    def _let_go(state: _Prefix, first: anyio.Event) -> None:
        if state.first is first:
            state.first = None
        first.set()
