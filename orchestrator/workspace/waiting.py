"""Whether anybody still waits for an answer: work that nobody waits for ends at its next request."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from orchestrator.errors import WorkspaceError

_GIVEN_UP: ContextVar[threading.Event | None] = ContextVar("given_up", default=None)


@contextmanager
def waited_for(given_up: threading.Event | None) -> Iterator[None]:
    """What is done inside ends with an error once the event is set; with None it is carried on to its end."""
    before = _GIVEN_UP.set(given_up)
    try:
        yield
    finally:
        _GIVEN_UP.reset(before)


def check_waited_for() -> None:
    """Go on only if somebody waits.

    Raises:
        WorkspaceError: nobody does.
    """
    given_up = _GIVEN_UP.get()
    if given_up is not None and given_up.is_set():
        raise WorkspaceError("the call was given up: its time was over, or it was cancelled")
