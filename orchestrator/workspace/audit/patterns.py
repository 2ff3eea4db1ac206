"""How access is spread: over principals, objects, hours, weekdays and addresses, and what is new of late."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from orchestrator.workspace.audit.events import moment
from orchestrator.workspace.audit.hours import NAMES
from orchestrator.workspace.audit.log import Count, Counts, Question, counts
from orchestrator.workspace.audit.timeline import Tally
from orchestrator.workspace.connection import Workspace
from orchestrator.workspace.records import Record

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

MOST = 20
RECENT_DAYS = 7


class Patterns(Record):
    """How the events in question are spread."""

    since: dt.date
    until: dt.date
    zone: str
    events: int
    principals: tuple[Tally, ...]
    objects: tuple[Tally, ...]
    actions: tuple[Tally, ...]
    addresses: tuple[Tally, ...]
    by_hour: tuple[int, ...]
    """24 counts, by the local hour"""
    by_weekday: tuple[Tally, ...]
    """Monday first"""
    new_principals: tuple[str, ...]
    """active in the last 7 days of the window and not before; empty where the window has no days before"""
    more: bool
    """rare values were left out of the counts"""


def patterns(workspace: Workspace, question: Question, zone: ZoneInfo) -> Patterns:
    """The spread of the events that the question is about.

    Raises:
        WorkspaceError: the audit log cannot be read.
    """
    by_time = counts(workspace, question, "hour", "action")
    by_who = counts(workspace, question, "principal", "day")
    by_what = counts(workspace, question, "object")
    by_where = counts(workspace, question, "address")
    return spread(question, zone, by_time, by_who, by_what, by_where)


def spread(  # the four counts are what is spread
    question: Question, zone: ZoneInfo, by_time: Counts, by_who: Counts, by_what: Counts, by_where: Counts
) -> Patterns:
    """The patterns over counts: by hour and action, by principal and day, by object, by address."""
    hours, weekdays = [0] * 24, [0] * 7
    for row in by_time.rows:
        local = moment(row.keys[0]).astimezone(zone)
        hours[local.hour] += row.events
        weekdays[local.weekday()] += row.events
    return Patterns(
        since=question.window.since,
        until=question.window.until,
        zone=zone.key,
        events=sum(hours),
        principals=_summed(by_who.rows, 0),
        objects=_summed(by_what.rows, 0),
        actions=_summed(by_time.rows, 1),
        addresses=_summed(by_where.rows, 0),
        by_hour=tuple(hours),
        by_weekday=tuple(Tally(value=name, events=count) for name, count in zip(NAMES, weekdays, strict=True)),
        new_principals=_new(by_who.rows, question),
        more=any(found.more for found in (by_time, by_who, by_what, by_where)),
    )


def _summed(rows: Iterable[Count], place: int) -> tuple[Tally, ...]:
    totals: dict[str, int] = {}
    for row in rows:
        totals[row.keys[place]] = totals.get(row.keys[place], 0) + row.events
    ordered = sorted(((name, count) for name, count in totals.items() if name), key=lambda item: (-item[1], item[0]))
    return tuple(Tally(value=name, events=count) for name, count in ordered[:MOST])


def _new(rows: Sequence[Count], question: Question) -> tuple[str, ...]:
    border = (question.window.until - dt.timedelta(days=RECENT_DAYS - 1)).isoformat()
    if question.window.days <= RECENT_DAYS:
        return ()
    before = {row.keys[0] for row in rows if row.keys[1][:10] < border}
    return tuple(sorted({row.keys[0] for row in rows} - before))
