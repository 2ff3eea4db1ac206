"""Access of people outside of working hours from an address that they had not used before: either alone is common."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from orchestrator.workspace.audit.events import moment
from orchestrator.workspace.audit.hours import WorkingHours
from orchestrator.workspace.audit.log import Count, Question, Window, counts
from orchestrator.workspace.connection import Workspace
from orchestrator.workspace.records import Record

BASELINE_DAYS = 30
"""How many days before the window count as what is usual."""
MAX_CANDIDATES = 200


class NewPlace(Record):
    """A day on which somebody worked outside of the hours from an address that is new for that account."""

    principal: str
    day: dt.date
    """UTC"""
    address: str
    events: int
    """outside of the hours, from that address"""
    objects: tuple[str, ...]
    """what was reached then, at most 20"""


@dataclass(frozen=True, kw_only=True)
class NewPlaces:
    """What was found; `more` tells that rare addresses, or candidates past the first 200, were not looked at."""

    items: tuple[NewPlace, ...]
    more: bool


def new_places(workspace: Workspace, question: Question, hours: WorkingHours) -> NewPlaces:
    """The access of people outside of the hours from new addresses.

    Raises:
        WorkspaceError: the audit log cannot be read.
    """
    window = question.window
    whole = Window(since=window.since - dt.timedelta(days=BASELINE_DAYS), until=window.until)
    found = counts(workspace, replace(question, window=whole), "principal", "address", "day")
    candidates = list(first_days(found.rows, window.since))
    items = [_outside(workspace, question, candidate, hours) for candidate in candidates[:MAX_CANDIDATES]]
    return NewPlaces(
        items=tuple(item for item in items if item is not None), more=found.more or len(candidates) > MAX_CANDIDATES
    )


def first_days(rows: Iterable[Count], since: dt.date) -> Iterator[tuple[str, str, dt.date]]:
    """The principal, the address and the day on which a person first used it, where it had used others before."""
    first: dict[tuple[str, str], dt.date] = {}
    for row in rows:
        principal, address, day = row.keys[0], row.keys[1], dt.date.fromisoformat(row.keys[2][:10])
        if "@" in principal and address:
            known = first.get((principal, address), day)
            first[(principal, address)] = min(known, day)
    began: dict[str, dt.date] = {}
    for (principal, _), day in first.items():
        began[principal] = min(began.get(principal, day), day)
    for (principal, address), day in sorted(first.items()):
        if day >= since and day > began[principal]:
            yield principal, address, day


def _outside(
    workspace: Workspace, question: Question, candidate: tuple[str, str, dt.date], hours: WorkingHours
) -> NewPlace | None:
    principal, address, day = candidate
    narrowed = replace(question, window=Window(since=day, until=day), principal=principal)
    found = counts(workspace, narrowed, "address", "minute", "object")
    rows = [row for row in found.rows if row.keys[0] == address and hours.outside(moment(row.keys[1]))]
    if not rows:
        return None
    objects = sorted({row.keys[2] for row in rows if row.keys[2]})
    events = sum(row.events for row in rows)
    return NewPlace(principal=principal, day=day, address=address, events=events, objects=tuple(objects[:20]))
