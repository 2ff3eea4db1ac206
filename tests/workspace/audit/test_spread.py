"""How access is spread, and who reads more than the others."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from orchestrator.workspace.audit.excess import compared
from orchestrator.workspace.audit.log import Count, Counts, Question, Window
from orchestrator.workspace.audit.patterns import spread

QUESTION = Question(window=Window(since=dt.date(2026, 10, 1), until=dt.date(2026, 10, 31)))


def counts(*rows: tuple[tuple[str, ...], int, int], more: bool = False) -> Counts:
    return Counts(
        rows=tuple(Count(keys=keys, events=events, objects=objects) for keys, events, objects in rows), more=more
    )


def test_events_are_spread_over_local_hours_and_weekdays() -> None:
    by_time = counts((("2026-10-12T23:00:00Z", "getTable"), 4, 1), (("2026-10-12T08:00:00Z", "getTable"), 2, 1))
    by_who = counts((("a", "2026-10-02"), 3, 1), (("a", "2026-10-30"), 1, 1), (("b", "2026-10-30"), 2, 1))
    found = spread(
        QUESTION,
        ZoneInfo("Europe/Berlin"),
        by_time,
        by_who,
        counts((("",), 1, 0), (("main.s.t",), 5, 1)),
        counts(more=True),
    )
    assert (found.by_hour[1], found.by_hour[10], found.events) == (4, 2, 6)
    assert [(item.value, item.events) for item in found.by_weekday[:2]] == [("Monday", 2), ("Tuesday", 4)]
    assert [(item.value, item.events) for item in found.principals] == [("a", 4), ("b", 2)]
    assert [item.value for item in found.objects] == ["main.s.t"]
    assert found.new_principals == ("b",)
    assert found.more


def people(*objects: int) -> Counts:
    return counts(*(((f"p{number}", "2026-10-05"), value * 2, value) for number, value in enumerate(objects)))


def test_who_reads_far_more_than_the_peers_is_named() -> None:
    found = compared(people(5, 6, 7, 6, 5, 60), QUESTION)
    assert [(item.principal, item.objects) for item in found.excesses] == [("p5", 60)]
    assert (found.principals, found.median_objects, found.undecided) == (6, 6, None)


def test_peers_that_are_alike_are_not_named() -> None:
    assert compared(people(5, 6, 7, 6, 5, 8), QUESTION).excesses == ()
    assert compared(people(5, 5, 5, 5, 5), QUESTION).excesses == ()


def test_too_few_peers_are_not_compared_and_a_limit_still_holds() -> None:
    found = compared(people(5, 60), QUESTION, max_objects=50)
    assert found.undecided == "2 principals were active and a comparison needs 5"
    assert [item.reasons for item in found.excesses] == [("60 objects on one day are more than 50",)]


def test_the_highest_day_of_a_principal_counts() -> None:
    rows = counts((("p", "2026-10-05"), 9, 3), (("p", "2026-10-06"), 4, 8), (("p", "2026-10-07"), 1, 1))
    found = compared(rows, QUESTION, max_objects=1)
    assert [(item.day, item.objects, item.events) for item in found.excesses] == [(dt.date(2026, 10, 5), 8, 9)]


def test_many_events_on_few_objects_are_an_excess_too() -> None:
    rows = [((f"p{number}", "2026-10-05"), 10 + number, 3) for number in range(6)]
    found = compared(counts(*rows, (("q", "2026-10-07"), 400, 3)), QUESTION)
    assert [(item.principal, item.day, item.objects_score) for item in found.excesses] == [
        ("q", dt.date(2026, 10, 7), None)
    ]
    assert "of its events among its peers" in found.excesses[0].reasons[0]


def test_nobody_is_no_excess() -> None:
    assert compared(counts(), QUESTION).excesses == ()
