"""What one principal did, in the order of time and cut into sessions."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence

from orchestrator.workspace.audit.events import AuditEvent
from orchestrator.workspace.records import Record

GAP = dt.timedelta(minutes=30)
"""A longer silence begins a new session."""
MAX_OBJECTS = 50
MAX_ADDRESSES = 50


class Tally(Record):
    """How often a value occurred."""

    value: str
    events: int


class Session(Record):
    """Events with no silence of more than 30 minutes between them."""

    start: dt.datetime
    end: dt.datetime
    events: int
    failed: int
    addresses: tuple[str, ...]
    """at most 50, sorted"""
    actions: tuple[Tally, ...]
    objects: tuple[str, ...]
    """at most 50, sorted"""
    objects_seen: int
    """how many different objects there were"""


def sessions(events: Iterable[AuditEvent], gap: dt.timedelta = GAP) -> tuple[Session, ...]:
    """The sessions of the events, the oldest first."""
    runs: list[list[AuditEvent]] = []
    for event in sorted(events, key=lambda item: (item.time, item.event_id)):
        if runs and event.time - runs[-1][-1].time <= gap:
            runs[-1].append(event)
        else:
            runs.append([event])
    return tuple(_session(run) for run in runs)


def tallies(values: Iterable[str | None], most: int = 20) -> tuple[Tally, ...]:
    """The most frequent values, the most frequent first, then by name."""
    counted = Counter(value for value in values if value)
    ordered = sorted(counted.items(), key=lambda item: (-item[1], item[0]))
    return tuple(Tally(value=value, events=count) for value, count in ordered[:most])


def _session(run: Sequence[AuditEvent]) -> Session:
    objects = sorted({event.object for event in run if event.object})
    return Session(
        start=run[0].time,
        end=run[-1].time,
        events=len(run),
        failed=sum(event.failed for event in run),
        addresses=tuple(sorted({event.address for event in run if event.address})[:MAX_ADDRESSES]),
        actions=tallies(event.action for event in run),
        objects=tuple(objects[:MAX_OBJECTS]),
        objects_seen=len(objects),
    )
