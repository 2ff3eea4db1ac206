"""Changes of a workspace as a set that a person can read and approve before it is applied.

A `Setting` is one thing that has a state (the privileges of a principal on a table, the value of a tag, a mask). A
`Goal` says what the state should be. `plan` reads the live states and gives the `ChangeSet` that leads there, empty
if nothing is to do. `apply` makes the changes one by one, reads each back, and takes all of them back when one fails.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal, Protocol

from orchestrator.errors import WorkspaceError
from orchestrator.workspace.connection import Workspace
from orchestrator.workspace.records import Record
from orchestrator.workspace.waiting import waited_for

State = tuple[str, ...] | None
"""What a setting is: its values in a fixed order, or None where it is not set."""
Told = Callable[[int, int, str], None]
MAX_NOTES = 50


class Setting(Protocol):
    """One thing of a workspace that has a state and can be brought to another one."""

    @property
    def subject(self) -> str:
        """What is set, in words: unique in a change set."""

    def read(self, workspace: Workspace) -> State:
        """The live state."""

    def write(self, workspace: Workspace, before: State, after: State) -> None:
        """Bring it from one state to another."""

    def call(self, before: State, after: State) -> str:
        """The SQL statement or REST call that `write` makes, as text for a reader."""


@dataclass(frozen=True, kw_only=True)
class Goal:
    """What a setting should be, given what it is."""

    setting: Setting
    wanted: Callable[[State], State]
    remark: Callable[[State], str | None] = lambda _now: None
    """What a reader should know of the state that was found; None for nothing."""


@dataclass(frozen=True, kw_only=True)
class Change:
    """One setting that goes from one state to another."""

    setting: Setting
    before: State
    after: State


class ShownChange(Record):
    """A change as a reader sees it; `null` stands for "not set"."""

    subject: str
    """what is changed"""
    before: tuple[str, ...] | None
    after: tuple[str, ...] | None
    call: str
    """the SQL statement or REST call that makes the change"""


class ShownChangeSet(Record):
    """A change set as a reader sees it."""

    title: str
    workspace: str
    """the address of the workspace, or of the MLflow server, that is changed"""
    sha256: str
    """over the canonical JSON of `changes`, `title` and `workspace`: what an approval names"""
    changes: tuple[ShownChange, ...]
    notes: tuple[str, ...] = ()
    """what is left as it is, and why; at most 50"""


@dataclass(frozen=True, kw_only=True)
class ChangeSet:
    """Ordered changes; empty where the workspace is already as it should be."""

    title: str
    workspace: str
    changes: tuple[Change, ...]
    notes: tuple[str, ...] = ()

    @property
    def sha256(self) -> str:
        """The digest of the canonical JSON: the same changes of the same workspace always have the same one."""
        return digest(self.title, self.workspace, self._shown())

    def shown(self) -> ShownChangeSet:
        """The set for a reader."""
        return ShownChangeSet(
            title=self.title, workspace=self.workspace, sha256=self.sha256, changes=self._shown(), notes=self.notes
        )

    def _shown(self) -> tuple[ShownChange, ...]:
        return tuple(
            ShownChange(
                subject=change.setting.subject,
                before=change.before,
                after=change.after,
                call=change.setting.call(change.before, change.after),
            )
            for change in self.changes
        )


def digest(title: str, workspace: str, changes: Iterable[ShownChange]) -> str:
    """The SHA-256 over the canonical JSON of a set."""
    shown = {"changes": [change.model_dump(mode="json") for change in changes], "title": title, "workspace": workspace}
    text = json.dumps(shown, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


class Step(Record):
    """What became of one change."""

    subject: str
    standing: Literal["verified", "not reached", "rolled back", "not rolled back", "failed and unchanged"]
    detail: str = ""
    """why it failed or could not be rolled back"""


class Outcome(Record):
    """What became of a change set."""

    change_set: ShownChangeSet
    applied: bool
    """every change was made and read back; false for a dry run, for a failure and for an empty set"""
    dry_run: bool
    """nothing was tried: the set was only shown"""
    steps: tuple[Step, ...] = ()
    failure: str | None = None
    """why the set was not applied; every change that was made is then taken back, or named in `steps`"""


def plan(workspace: Workspace, title: str, goals: Iterable[Goal], *, where: str | None = None) -> ChangeSet:
    """The changes from the live state to the goals, in their order; goals about one setting become one change.

    `where` is the address of what is changed where that is not the workspace.

    Raises:
        WorkspaceError: a state cannot be read.
    """
    found: dict[str, Change] = {}
    notes: dict[str, None] = {}
    for goal in goals:
        subject = goal.setting.subject
        known = found.get(subject)
        before = known.before if known else goal.setting.read(workspace)
        after = goal.wanted(known.after if known else before)
        found[subject] = Change(setting=goal.setting, before=before, after=after)
        if (note := goal.remark(before)) is not None:
            notes[note] = None
    return ChangeSet(
        title=title,
        workspace=workspace.host if where is None else where,
        changes=tuple(item for item in found.values() if item.before != item.after),
        notes=tuple(notes)[:MAX_NOTES],
    )


def preview(changes: ChangeSet) -> Outcome:
    """The set with nothing tried."""
    return Outcome(change_set=changes.shown(), applied=False, dry_run=True)


def apply(changes: ChangeSet, workspace: Workspace, *, seconds: float = 300.0, told: Told | None = None) -> Outcome:
    """Make the changes in order, each read back; at the first failure take back what was made, last first.

    `seconds` bounds the applying; when they are over, the set counts as failed. Taking back is not bounded by them.
    """
    until = time.monotonic() + seconds
    steps: list[Step] = []
    for number, change in enumerate(changes.changes):
        if told:
            told(number, len(changes.changes), change.setting.subject)
        failure = _failure(workspace, change, until)
        if failure is not None:
            with waited_for(None):
                steps = _taken_back(workspace, changes.changes, number, failure)
            return _outcome(changes, steps, failure.why)
        steps.append(Step(subject=change.setting.subject, standing="verified"))
    return _outcome(changes, steps, None)


def _outcome(changes: ChangeSet, steps: list[Step], failure: str | None) -> Outcome:
    applied = failure is None and bool(changes.changes)
    return Outcome(change_set=changes.shown(), applied=applied, dry_run=False, steps=tuple(steps), failure=failure)


def settled(outcome: Outcome) -> Outcome:
    """The outcome, if it is no failure.

    Raises:
        WorkspaceError: a change failed; the sentence says what was taken back and what was not.
    """
    if outcome.failure is None:
        return outcome
    raise WorkspaceError(f"{outcome.failure}; {left(outcome)}")


def left(outcome: Outcome) -> str:
    """What is left of a set that failed."""
    stuck = [step for step in outcome.steps if step.standing == "not rolled back"]
    if stuck:
        return "NOT taken back: " + "; ".join(f"{step.subject} ({step.detail})" for step in stuck)
    taken = sum(step.standing == "rolled back" for step in outcome.steps)
    return f"nothing of the change set remains ({taken} changes were taken back)"


@dataclass(frozen=True, kw_only=True)
class _Failure:
    why: str
    tried: bool
    """Whether something may have been written; what somebody else wrote is not ours to take back."""


def _failure(workspace: Workspace, change: Change, until: float) -> _Failure | None:
    """Why the change could not be made, or None where it was made and read back."""
    subject = change.setting.subject
    if time.monotonic() > until:
        return _Failure(why=f"the time for the change set was over before {subject}", tried=False)
    try:
        stale = change.setting.read(workspace) != change.before
    except WorkspaceError as error:
        return _Failure(why=f"{error} [{subject}]", tried=False)
    if stale:
        return _Failure(why=f"{subject} has changed since the change set was made; make it again", tried=False)
    return _unwritten(workspace, change)


def _unwritten(workspace: Workspace, change: Change) -> _Failure | None:
    subject = change.setting.subject
    try:
        change.setting.write(workspace, change.before, change.after)
        now = change.setting.read(workspace)
    except WorkspaceError as error:
        return _Failure(why=f"{error} [{subject}]", tried=True)
    if now == change.after:
        return None
    return _Failure(why=f"{subject} reads {_text(now)} after it was set to {_text(change.after)}", tried=True)


def _taken_back(workspace: Workspace, changes: tuple[Change, ...], made: int, failure: _Failure) -> list[Step]:
    """The steps after a failure of the change at `made`: it and all before it taken back, last first."""
    failed = _unchanged(changes[made], failure.why)
    if failure.tried:
        failed = _back(workspace, changes[made], failure.why)
    back = [_back(workspace, change) for change in reversed(changes[:made])]
    rest = [Step(subject=change.setting.subject, standing="not reached") for change in changes[made + 1 :]]
    return [*reversed(back), failed, *rest]


def _unchanged(change: Change, why: str) -> Step:
    return Step(subject=change.setting.subject, standing="failed and unchanged", detail=why)


def _back(workspace: Workspace, change: Change, why: str = "") -> Step:
    """The change taken back; with `why`, it is the one that failed and may have changed nothing."""
    subject = change.setting.subject
    try:
        found = change.setting.read(workspace)
        now = _restored(workspace, change, found) if why or found == change.after else found
    except WorkspaceError as error:
        return Step(subject=subject, standing="not rolled back", detail=str(error))
    if why and found == change.before:
        return _unchanged(change, why)
    if now != change.before:
        whose = "" if why or found == change.after else ": somebody else has changed it since"
        return Step(subject=subject, standing="not rolled back", detail=f"it reads {_text(now)}{whose}")
    return Step(subject=subject, standing="rolled back", detail=why)


def _restored(workspace: Workspace, change: Change, found: State) -> State:
    """What is read after the state before the change was written again; nothing is written where it is there."""
    if found == change.before:
        return found
    change.setting.write(workspace, found, change.before)
    return change.setting.read(workspace)


def _text(state: State) -> str:
    return "not set" if state is None else ", ".join(state) or "empty"
