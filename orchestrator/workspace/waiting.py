"""Whether anybody still waits for an answer: work that nobody waits for ends at its next request."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from orchestrator.errors import WorkspaceError

_GIVEN_UP: ContextVar[threading.Event | None] = ContextVar("given_up", default=None)
_UNTIL: ContextVar[float | None] = ContextVar("until", default=None)


@contextmanager
def waited_for(given_up: threading.Event | None, seconds: float | None = None) -> Iterator[None]:
    """What is done inside ends with an error once the event is set; with None it is carried on to its end.

    `seconds` tells what is done inside how long that may be.
    """
    before = _GIVEN_UP.set(given_up)
    until = _UNTIL.set(None if seconds is None else time.monotonic() + seconds)
    try:
        yield
    finally:
        _GIVEN_UP.reset(before)
        _UNTIL.reset(until)


def seconds_left() -> float | None:
    """How long somebody will still wait, at least 0; None where nobody has said."""
    until = _UNTIL.get()
    return None if until is None else max(until - time.monotonic(), 0.0)


def check_waited_for() -> None:
    """Go on only if somebody waits.

    Raises:
        WorkspaceError: nobody does.
    """
    given_up = _GIVEN_UP.get()
    if given_up is not None and given_up.is_set():
        raise WorkspaceError("the call was given up: its time was over, or it was cancelled")
