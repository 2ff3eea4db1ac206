"""The statistics: against numbers worked out by hand, and that they bear odd series."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.workspace.audit.anomalies import judged
from orchestrator.workspace.audit.log import Count, Counts, Window
from orchestrator.workspace.audit.series import modified_z, scored

FIRST = dt.date(2026, 10, 5)
"""A Monday."""


def days(number: int) -> list[dt.date]:
    return [FIRST + dt.timedelta(days=index) for index in range(number)]


def window(number: int) -> Window:
    return Window(since=FIRST, until=FIRST + dt.timedelta(days=number - 1))


def counts(*series: list[int], names: str = "abcdef") -> Counts:
    return Counts(
        rows=tuple(
            Count(keys=(f"{name}@example.org", "getTable", day.isoformat()), events=value, objects=1)
            for name, values in zip(names, series, strict=False)
            for day, value in zip(days(len(values)), values, strict=True)
            if value
        ),
        more=False,
    )


def test_the_modified_z_score_is_that_of_the_definition() -> None:
    # median 3, absolute deviations 2 1 0 1 97, their median 1: 0.6745 * (100 - 3) / 1
    assert modified_z([1, 2, 3, 4, 100])[4] == pytest.approx(65.4265)


def test_a_series_that_hardly_varies_uses_the_mean_deviation() -> None:
    # median 0, median deviation 0, mean deviation 20 / 10 = 2: 20 / (1.2533 * 2)
    assert modified_z([0] * 9 + [20])[9] == pytest.approx(20 / (1.2533 * 2))


def test_a_series_that_never_varies_has_no_score() -> None:
    assert modified_z([5, 5, 5]) == (None, None, None)


@given(st.lists(st.integers(min_value=0, max_value=10**6), min_size=1, max_size=60))
def test_the_highest_day_has_the_highest_score(values: list[int]) -> None:
    scores = modified_z(values)
    if None not in scores:
        assert max(zip(scores, values, strict=True), key=lambda item: (item[0] or 0, item[1]))[1] == max(values)


def test_a_busy_weekday_is_usual_by_season_and_unusual_without_it() -> None:
    counted = {day: 100 if day.weekday() == 0 else 10 + day.day % 3 for day in days(35)}
    monday = days(35)[28]
    robust = {day.date: day for day in scored(counted, days(35), "robust")}
    seasonal = {day.date: day for day in scored(counted, days(35), "seasonal")}
    assert (robust[monday].score or 0) > 3.5
    assert seasonal[monday].score == 0
    assert seasonal[monday].usual == 100


def test_a_burst_is_found_with_its_numbers() -> None:
    quiet = [10 + index % 4 for index in range(30)]
    burst = [*quiet[:20], 400, *quiet[21:]]
    found = judged(counts(quiet, burst), window(30), method="robust", threshold=3.5, min_events=20)
    assert [(item.principal, item.day, item.events) for item in found.anomalies] == [
        ("b@example.org", FIRST + dt.timedelta(days=20), 400)
    ]
    assert (found.days, found.series, found.undecided) == (30, 2, None)
    assert found.anomalies[0].usual == 11.5


def test_too_few_days_are_not_judged_and_it_says_so() -> None:
    found = judged(counts([5] * 12 + [500]), window(13), method="robust", threshold=3.5, min_events=1)
    assert found.anomalies == ()
    assert found.undecided == "the log reaches back 13 days and the method robust needs 14; no day was judged"
    assert judged(counts([5] * 20), window(20), method="seasonal", threshold=3.5, min_events=1).undecided is not None


def test_days_before_the_first_event_of_the_log_are_no_zeros() -> None:
    late = [0] * 16 + [50, 51, 50, 49] * 4
    found = judged(counts(late), window(32), method="robust", threshold=3.5, min_events=1)
    assert (found.since, found.days) == (FIRST + dt.timedelta(days=16), 16)
    assert found.anomalies == ()


def test_an_empty_log_is_undecided() -> None:
    found = judged(Counts(rows=(), more=False), window(30), method="robust", threshold=3.5, min_events=1)
    assert found.undecided == "the audit log has no such event in these days"


def test_a_rare_event_below_the_least_number_is_not_reported() -> None:
    found = judged(counts([0] * 20 + [3] + [0] * 9, [1] * 30), window(30), method="robust", threshold=3.5, min_events=5)
    assert found.anomalies == ()
