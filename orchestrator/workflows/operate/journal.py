"""What became of a change set, written before and after each step, so that a set that was cut off half way shows it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from orchestrator.errors import UsageError
from orchestrator.workflows.operate.record import FOLDER, SHORTEST_APPROVAL, Place
from orchestrator.workspace.changes import Outcome

BEGUN, TRYING, ENDED = "begun", "trying", "ended"


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
    """The journal of a set, begun; one file takes every attempt.

    Raises:
        UsageError: it cannot be written: then nothing is changed.
    """
    try:
        place.folder.mkdir(parents=True, exist_ok=True)
        file = os.open(place.journal, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    except OSError as error:
        raise UsageError(f"the journal {str(place.journal)!r} cannot be written ({error.strerror})") from error
    try:
        found = Journal(file)
        found.write(what=BEGUN, sha256=place.sha256, workspace=workspace)
        yield found
    finally:
        os.close(file)


def cut_off(root: Path) -> tuple[str, ...]:
    """A sentence for each journal below the folder whose last attempt did not end."""
    files = sorted((root / FOLDER).glob("*.journal.jsonl"))
    return tuple(sentence for file in files if (sentence := _unfinished(file)))


def _unfinished(file: Path) -> str:
    last = _last(file)
    if last is None or last.get("what") == ENDED:
        return ""
    name = file.name[:SHORTEST_APPROVAL]
    if last.get("what") != TRYING:
        return f"the applying of change set {name} was cut off before its first step; nothing of it was changed"
    step, count, subject = last.get("step"), last.get("of"), last.get("subject")
    return (
        f"the applying of change set {name} was cut off at step {step} of {count} ({subject}): the steps before it "
        f"hold, of this one nobody knows; the same command shows what is left to do, --take-back {name} the way back"
    )


def _last(file: Path) -> dict[str, object] | None:
    """The last whole line of a journal; None for an empty one."""
    found: dict[str, object] | None = None
    for line in file.read_bytes().splitlines():
        try:
            parsed = json.loads(line)
        except ValueError:
            continue
        found = parsed if isinstance(parsed, dict) else found
    return found
