"""Days of principals that somebody should look at, with every signal of the day in one place.

A signal is one of: more than usual by the seasonal method, exports, refusals, rights for oneself or for everybody,
access outside of working hours from a new address, and objects that a person deleted.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Literal

from orchestrator.workspace.audit.actions import actions
from orchestrator.workspace.audit.anomalies import Anomalies, anomalies
from orchestrator.workspace.audit.given import Given, given
from orchestrator.workspace.audit.hours import WorkingHours
from orchestrator.workspace.audit.log import Question, Window, counts, newest
from orchestrator.workspace.audit.new_places import NewPlaces, new_places
from orchestrator.workspace.audit.series import THRESHOLD
from orchestrator.workspace.connection import Workspace
from orchestrator.workspace.governance.grants import WIDE
from orchestrator.workspace.records import Record

SAMPLE_DAYS = 60
"""The least sample of the seasonal method that is asked for: four of each weekday and more."""
MIN_EVENTS = 20
REFUSALS = 10
"""Refusals on one day from which they stand out: fewer are mistakes of typing."""
MAX_EVENTS = 5_000
MAX_OBJECTS = 20
Signal = Literal["rights to oneself", "rights to everybody", "export", "refused", "night", "deletion", "unusual"]
ORDER: tuple[Signal, ...] = (
    "rights to oneself", "rights to everybody", "export", "refused", "night", "deletion", "unusual",
)  # fmt: skip


class StandingDay(Record):
    """What one principal did on one day that stands out."""

    principal: str
    day: dt.date
    """UTC"""
    signals: tuple[Signal, ...]
    """the gravest first"""
    says: tuple[str, ...]
    """one sentence for each signal, with the numbers"""
    objects: tuple[str, ...]
    """what the signals are about, at most 20"""


@dataclass(frozen=True, kw_only=True)
class StandingOut:
    """The days that stand out, the gravest first; `more` tells that rare values or older events were left out."""

    days: tuple[StandingDay, ...]
    anomalies: Anomalies
    more: bool


@dataclass(kw_only=True)
class _Day:
    says: dict[Signal, list[str]] = field(default_factory=dict)
    objects: set[str] = field(default_factory=set)


class _Days:
    """The days while their signals are gathered."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, dt.date], _Day] = {}

    def add(self, principal: str, day: dt.date, signal: Signal, says: str, objects: Iterable[str] = ()) -> None:
        """One more signal of that day."""
        found = self._found.setdefault((principal, day), _Day())
        found.says.setdefault(signal, []).append(says)
        found.objects.update(objects)

    def listed(self) -> tuple[StandingDay, ...]:
        """The days, the gravest signal first, then the newest."""
        days = [
            StandingDay(
                principal=principal,
                day=day,
                signals=tuple(signal for signal in ORDER if signal in found.says),
                says=tuple(says for signal in ORDER for says in found.says.get(signal, ())),
                objects=tuple(sorted(found.objects)[:MAX_OBJECTS]),
            )
            for (principal, day), found in self._found.items()
        ]
        days.sort(key=lambda item: (ORDER.index(item.signals[0]), -item.day.toordinal(), item.principal))
        return tuple(days)


def standing_out(workspace: Workspace, question: Question, hours: WorkingHours) -> StandingOut:
    """The days of the question's window that stand out.

    Raises:
        WorkspaceError: the audit log cannot be read.
    """
    days = _Days()
    window = question.window
    sample = Window(since=window.until - dt.timedelta(days=max(window.days, SAMPLE_DAYS) - 1), until=window.until)
    odd = anomalies(
        workspace, replace(question, window=sample), method="seasonal", threshold=THRESHOLD, min_events=MIN_EVENTS
    )
    _unusual(days, odd, window)
    more = [odd.more, _refused(days, workspace, question), _rights(days, workspace, question)]
    more.append(_deleted(days, workspace, question))
    places = new_places(workspace, replace(question, actions=actions().about("access", "export")), hours)
    _nights(days, places, hours)
    more.append(places.more)
    return StandingOut(days=days.listed(), anomalies=odd, more=any(more))


def _unusual(days: _Days, odd: Anomalies, window: Window) -> None:
    exports = set(actions().about("export"))
    for item in odd.anomalies:
        if item.day < window.since:
            continue
        signal: Signal = "export" if item.action in exports else "unusual"
        says = f"{item.events} {item.action}, usual are {item.usual:g} (score {item.score:g} of {odd.threshold:g})"
        days.add(item.principal, item.day, signal, says)


def _refused(days: _Days, workspace: Workspace, question: Question) -> bool:
    found = counts(workspace, replace(question, outcome="forbidden"), "principal", "day", "object")
    totals: dict[tuple[str, str], dict[str, int]] = {}
    for row in found.rows:
        totals.setdefault((row.keys[0], row.keys[1][:10]), {})[row.keys[2]] = row.events
    for (principal, day), objects in totals.items():
        events, named = sum(objects.values()), sorted(name for name in objects if name)
        if events >= REFUSALS:
            says = f"{events} requests were refused" + (f" on {len(named)} objects" if named else "")
            days.add(principal, dt.date.fromisoformat(day), "refused", says, named)
    return found.more


def _rights(days: _Days, workspace: Workspace, question: Question) -> bool:
    found = newest(workspace, replace(question, actions=actions().about("privilege")), MAX_EVENTS)
    for item in given(found.events):
        what = f"joined the group {item.on}" if item.is_group else f"{', '.join(item.rights)} on {item.on}"
        day = item.time.date()
        if item.to_oneself:
            says = f"{what} by its own grant at {item.time:%H:%M} UTC{_use_since(workspace, question, item)}"
            days.add(item.by, day, "rights to oneself", says, () if item.is_group else (item.on,))
        elif item.to in WIDE:
            says = f"gave {what} to {item.to} at {item.time:%H:%M} UTC"
            days.add(item.by, day, "rights to everybody", says, (item.on,))
    return found.more


def _use_since(workspace: Workspace, question: Question, item: Given) -> str:
    """How often the right was used from its day on."""
    if item.is_group:
        return ""
    since = Window(since=item.time.date(), until=question.window.until)
    asked = Question(
        window=since, principal=item.by, objects=(item.on,), actions=actions().about("access"), outcome="succeeded"
    )
    used = sum(row.events for row in counts(workspace, asked, "action").rows)
    return f", and reached it {used} times since that day" if used else ""


def _deleted(days: _Days, workspace: Workspace, question: Question) -> bool:
    """Objects that people deleted; service principals clean up."""
    asked = replace(question, actions=actions().about("deletion"), outcome="succeeded")
    found = newest(workspace, asked, MAX_EVENTS)
    deleted: dict[tuple[str, dt.date], set[str]] = {}
    for event in found.events:
        if "@" in event.principal and event.object:
            deleted.setdefault((event.principal, event.time.date()), set()).add(event.object)
    for (principal, day), objects in deleted.items():
        named = sorted(objects)
        listed = ", ".join(named[:3]) + (f" and {len(named) - 3} more" if len(named) > 3 else "")
        days.add(principal, day, "deletion", f"deleted {listed}", named)
    return found.more


def _nights(days: _Days, places: NewPlaces, hours: WorkingHours) -> None:
    when = f"outside of {hours.start:02}:00 to {hours.end:02}:00 {hours.zone.key}"
    for item in places.items:
        says = f"{item.events} accesses {when} from {item.address}, an address new for this account"
        days.add(item.principal, item.day, "night", says, item.objects)
