"""The lock of a run: held by the process at work, so that it is free again however the process ends."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from orchestrator.errors import RunError

_TRIES = 5
_PAUSE = 0.05
_HELD: set[Path] = set()
"""Locks of this process: the system's are by process, and closing a second handle would free the first."""


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a run's lock.

    Raises:
        RunError: another process holds it, or this one does already.
    """
    if path in _HELD:
        raise RunError(_at_work(path))
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _take(handle, path)
        _HELD.add(path)
        yield
    finally:
        _HELD.discard(path)
        os.close(handle)


def is_locked(path: Path) -> bool:
    """Whether a process is at work on the run of this lock."""
    if path in _HELD:
        return True
    try:
        handle = os.open(path, os.O_RDWR)
    except OSError:
        return False
    try:
        fcntl.lockf(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(handle)
    return False


def _take(handle: int, path: Path) -> None:
    """The lock; a few tries, because `is_locked` of another process holds it for a moment."""
    for last in range(_TRIES):
        try:
            # By process and not by open file: a forked process that outlives a killed one must not keep it.
            fcntl.lockf(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if last == _TRIES - 1:
                raise RunError(_at_work(path)) from error
            time.sleep(_PAUSE)
        else:
            return


def _at_work(path: Path) -> str:
    return f"the run {path.parent.name} is at work in another process; wait for its end, or stop that process"
