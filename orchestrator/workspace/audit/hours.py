"""Access outside of working hours, in the time zone of who works there."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from orchestrator.errors import WorkspaceError
from orchestrator.workspace.audit.events import moment
from orchestrator.workspace.audit.log import Count, Counts, Question, counts
from orchestrator.workspace.connection import Workspace
from orchestrator.workspace.records import Record

MAX_SHOWN = 200


@dataclass(frozen=True, kw_only=True)
class WorkingHours:
    """When work is done: from the start hour to before the end hour, on these weekdays (Monday is 0)."""

    zone: ZoneInfo
    start: int
    end: int
    weekdays: frozenset[int]
    people_only: bool = False
    """Leave out service principals: their name is no e-mail address."""

    def outside(self, time: dt.datetime) -> bool:
        """Whether the moment is outside of them."""
        local = time.astimezone(self.zone)
        return local.weekday() not in self.weekdays or not self.start <= local.hour < self.end


class AfterHours(Record):
    """The events of one principal outside of working hours."""

    principal: str
    events: int
    share: float
    """of all events of the principal, 0 to 1"""
    nights: int
    """different local days on which it happened"""
    first: dt.datetime
    last: dt.datetime
    """the local hour of the first and the last of them"""
    actions: tuple[str, ...]
    """the most frequent actions first, with their counts"""


class AfterHoursReport(Record):
    """Who was active outside of working hours, the most active first."""

    zone: str
    hours: str
    weekdays: tuple[str, ...]
    since: dt.date
    until: dt.date
    events: int
    """all events that were looked at"""
    outside: int
    principals: tuple[AfterHours, ...]
    more: bool
    """rare activity was left out"""


NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def working_hours(zone: str, start: int, end: int, weekdays: frozenset[int]) -> WorkingHours:
    """The hours of a place.

    Raises:
        WorkspaceError: there is no such time zone, or the hours have no length.
    """
    if start >= end:
        raise WorkspaceError(f"working hours from {start} to {end} have no length; the end must be after the start")
    try:
        place = ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise WorkspaceError(f"{zone[:60]!r} is no time zone; write such as Europe/Berlin or UTC") from error
    return WorkingHours(zone=place, start=start, end=end, weekdays=weekdays)


def after_hours(workspace: Workspace, question: Question, hours: WorkingHours) -> AfterHoursReport:
    """The activity outside of the hours among the events that the question is about.

    Raises:
        WorkspaceError: the audit log cannot be read.
    """
    whole = _whole_hours(hours.zone, question.window.since)
    found = counts(workspace, question, "principal", "action", "hour" if whole else "minute")
    return split(found, question, hours)


def split(found: Counts, question: Question, hours: WorkingHours) -> AfterHoursReport:
    """The report over counts by principal, action and hour or minute."""
    totals: dict[str, int] = {}
    outside: dict[str, list[Count]] = {}
    for row in found.rows:
        principal = row.keys[0]
        if hours.people_only and "@" not in principal:
            continue
        totals[principal] = totals.get(principal, 0) + row.events
        if hours.outside(moment(row.keys[2])):
            outside.setdefault(principal, []).append(row)
    people = [_person(name, rows, totals[name], hours.zone) for name, rows in outside.items()]
    people.sort(key=lambda person: (-person.events, person.principal))
    return AfterHoursReport(
        zone=hours.zone.key,
        hours=f"{hours.start:02}:00-{hours.end:02}:00",
        weekdays=tuple(NAMES[day] for day in sorted(hours.weekdays)),
        since=question.window.since,
        until=question.window.until,
        events=sum(totals.values()),
        outside=sum(person.events for person in people),
        principals=tuple(people[:MAX_SHOWN]),
        more=found.more or len(people) > MAX_SHOWN,
    )


def _person(name: str, rows: list[Count], total: int, zone: ZoneInfo) -> AfterHours:
    times = sorted(moment(row.keys[2]).astimezone(zone) for row in rows)
    events = sum(row.events for row in rows)
    by_action: dict[str, int] = {}
    for row in rows:
        by_action[row.keys[1]] = by_action.get(row.keys[1], 0) + row.events
    common = sorted(by_action.items(), key=lambda item: (-item[1], item[0]))[:5]
    return AfterHours(
        principal=name,
        events=events,
        share=round(events / total, 4),
        nights=len({time.date() for time in times}),
        first=times[0],
        last=times[-1],
        actions=tuple(f"{action} ({count})" for action, count in common),
    )


def _whole_hours(zone: ZoneInfo, day: dt.date) -> bool:
    """Whether the zone is whole hours away from UTC, so that hours of UTC are hours there."""
    offset = dt.datetime(day.year, day.month, day.day, tzinfo=zone).utcoffset() or dt.timedelta()
    return offset.total_seconds() % 3_600 == 0
