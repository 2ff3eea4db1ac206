"""Working hours: in the zone of the place, through a change of the clocks."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from orchestrator.errors import WorkspaceError
from orchestrator.workspace.audit.hours import split, working_hours
from orchestrator.workspace.audit.log import Count, Counts, Question, Window

WEEK = frozenset(range(5))
QUESTION = Question(window=Window(since=dt.date(2026, 10, 1), until=dt.date(2026, 10, 31)))


def utc(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("zone", "time", "outside"),
    [
        ("UTC", "2026-10-14T08:00", False),
        ("UTC", "2026-10-14T07:59", True),
        ("UTC", "2026-10-14T18:00", True),
        ("UTC", "2026-10-17T12:00", True),
        ("Europe/Berlin", "2026-10-23T06:30", False),
        ("Europe/Berlin", "2026-10-26T06:30", True),
        ("Asia/Kolkata", "2026-10-14T02:30", False),
        ("Asia/Kolkata", "2026-10-14T02:29", True),
        ("America/Los_Angeles", "2026-10-17T00:30", False),
    ],
)
def test_hours_are_local(zone: str, time: str, outside: object) -> None:
    assert working_hours(zone, 8, 18, WEEK).outside(utc(time)) is outside


def test_the_activity_outside_is_counted_by_principal() -> None:
    rows = tuple(
        Count(keys=(who, action, time), events=number, objects=1)
        for who, action, time, number in (
            ("a@example.org", "getTable", "2026-10-14T09:00:00.000Z", 30),
            ("a@example.org", "getTable", "2026-10-14T23:00:00.000Z", 6),
            ("a@example.org", "downloadQueryResult", "2026-10-16T02:00:00.000Z", 4),
            ("b@example.org", "getTable", "2026-10-14 10:00:00", 5),
        )
    )
    found = split(Counts(rows=rows, more=False), QUESTION, working_hours("UTC", 8, 18, WEEK))
    assert (found.events, found.outside) == (45, 10)
    assert [person.principal for person in found.principals] == ["a@example.org"]
    person = found.principals[0]
    assert (person.events, person.share, person.nights) == (10, 0.25, 2)
    assert person.actions == ("getTable (6)", "downloadQueryResult (4)")
    assert person.first == utc("2026-10-14T23:00")


def test_service_principals_can_be_left_out() -> None:
    rows = tuple(
        Count(keys=(who, "getTable", "2026-10-14T23:00:00Z"), events=3, objects=1) for who in ("etl", "a@example.org")
    )
    people = replace(working_hours("UTC", 8, 18, WEEK), people_only=True)
    found = split(Counts(rows=rows, more=False), QUESTION, people)
    assert ([item.principal for item in found.principals], found.events) == (["a@example.org"], 3)


def test_a_zone_or_hours_that_are_none_are_refused() -> None:
    for zone in ("Europe/Nowhere", "../../etc/passwd", ""):
        with pytest.raises(WorkspaceError, match="no time zone"):
            working_hours(zone, 8, 18, WEEK)
    with pytest.raises(WorkspaceError, match="have no length"):
        working_hours("UTC", 18, 8, WEEK)
