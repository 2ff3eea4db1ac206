"""What became of a change set, written before and after each step, so that a set that was cut off half way shows it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from orchestrator.errors import RunError, UsageError
from orchestrator.workflows.operate.record import Place
from orchestrator.workflows.runs.lock import locked
from orchestrator.workspace.changes import Outcome

BEGUN, TRYING, ENDED, SETTLED = "begun", "trying", "ended", "settled"
LOCK = "lock"
"""Held while a set of the folder is applied."""


class Journal:
    """Lines that are on disk before the step they announce is made."""

    def __init__(self, file: int) -> None:
        self._file = file

    def told(self, number: int, count: int, subject: str) -> None:
        """The step is about to be tried; every step before it was made and read back."""
        self.write(what=TRYING, step=number + 1, of=count, subject=subject)

    def ended(self, outcome: Outcome) -> None:
        """What became of every step."""
        steps = [step.model_dump(mode="json") for step in outcome.steps]
        self.write(what=ENDED, applied=outcome.applied, failure=outcome.failure, steps=steps)

    def write(self, **line: object) -> None:
        """One line, on disk when this returns."""
        os.write(self._file, (json.dumps(line) + "\n").encode())
        os.fsync(self._file)


@contextmanager
def journal(place: Place, workspace: str) -> Iterator[Journal]:
    """The journal of a set, begun; one file takes every attempt, and one process at a time applies a set of a folder.

    Raises:
        UsageError: it cannot be written, or another process applies a set: then nothing is changed.
    """
    with _alone(place.folder), _opened(place.journal) as found:
        found.write(what=BEGUN, sha256=place.sha256, workspace=workspace)
        yield found


def settle(file: Path, why: str) -> None:
    """Say in a journal that nothing of its last attempt is half done any more."""
    with _opened(file) as found:
        found.write(what=SETTLED, why=why)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    with ExitStack() as held:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            held.enter_context(locked(folder / LOCK))
        except RunError as error:
            raise UsageError("another process applies a change set of this folder; wait for its end") from error
        except OSError as error:
            raise UsageError(f"the folder {str(folder)!r} cannot be written ({error.strerror})") from error
        yield


@contextmanager
def _opened(path: Path) -> Iterator[Journal]:
    try:
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    except OSError as error:
        raise UsageError(f"the journal {str(path)!r} cannot be written ({error.strerror})") from error
    try:
        if _is_torn(path):
            os.write(file, b"\n")
        yield Journal(file)
    finally:
        os.close(file)


def _is_torn(path: Path) -> bool:
    """Whether the last line was cut off while it was written: what follows must not become a part of it."""
    text = path.read_bytes()
    return bool(text) and not text.endswith(b"\n")
