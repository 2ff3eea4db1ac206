"""Days on which a principal did an action far more often than usual, with the method and its limits in the result."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping

from orchestrator.workspace.audit.log import Counts, Question, Window, counts
from orchestrator.workspace.audit.series import MIN_DAYS, Day, Method, scored
from orchestrator.workspace.connection import Workspace
from orchestrator.workspace.records import Record

MAX_SHOWN = 200
Series = Mapping[tuple[str, str], Mapping[dt.date, int]]


class Anomaly(Record):
    """One day that stands out."""

    principal: str
    action: str
    day: dt.date
    events: int
    usual: float
    """the median of the series, for `seasonal` that of the weekday"""
    score: float
    """the modified z-score"""


class Anomalies(Record):
    """What stands out, and how it was judged."""

    method: Method
    """robust: modified z-score by median and MAD; seasonal: the same after the median of each weekday is taken away"""
    threshold: float
    min_events: int
    """days with fewer events are never reported"""
    since: dt.date
    """the first day with any event: the series begin there"""
    until: dt.date
    days: int
    """the sample size of each series"""
    days_needed: int
    series: int
    """pairs of principal and action that were judged"""
    undecided: str | None
    """why nothing was judged; null where it was"""
    anomalies: tuple[Anomaly, ...]
    more: bool
    """rare pairs, or anomalies past the first 200, were left out"""


def anomalies(
    workspace: Workspace, question: Question, *, method: Method, threshold: float, min_events: int
) -> Anomalies:
    """The anomalies among the events that the question is about.

    Raises:
        WorkspaceError: the audit log cannot be read.
    """
    found = counts(workspace, question, "principal", "action", "day")
    return judged(found, question.window, method=method, threshold=threshold, min_events=min_events)


def judged(found: Counts, window: Window, *, method: Method, threshold: float, min_events: int) -> Anomalies:
    """The anomalies among counts by principal, action and day."""
    series = _series(found)
    first = min((day for counted in series.values() for day in counted), default=window.until)
    days = [day for day in window.dates if day >= first]
    needed = MIN_DAYS[method]
    enough = len(days) >= needed and bool(series)
    items = [
        item
        for (principal, action), counted in (series.items() if enough else ())
        for item in _standing_out(principal, action, scored(counted, days, method), threshold, min_events)
    ]
    items.sort(key=lambda item: (-item.score, item.day, item.principal, item.action))
    return Anomalies(
        method=method, threshold=threshold, min_events=min_events, since=first, until=window.until,
        days=len(days), days_needed=needed, series=len(series) if enough else 0,
        undecided=None if enough else _why(len(series), len(days), needed, method),
        anomalies=tuple(items[:MAX_SHOWN]), more=found.more or len(items) > MAX_SHOWN,
    )  # fmt: skip


def _why(series: int, days: int, needed: int, method: Method) -> str:
    if not series:
        return "the audit log has no such event in these days"
    return f"the log reaches back {days} days and the method {method} needs {needed}; no day was judged"


def _series(found: Counts) -> Series:
    series: dict[tuple[str, str], dict[dt.date, int]] = {}
    for row in found.rows:
        principal, action, day = row.keys
        series.setdefault((principal, action), {})[dt.date.fromisoformat(day[:10])] = row.events
    return series


def _standing_out(
    principal: str, action: str, days: tuple[Day, ...], threshold: float, min_events: int
) -> Iterator[Anomaly]:
    for day in days:
        if day.score is None or day.score < threshold or day.count < min_events:
            continue
        yield Anomaly(
            principal=principal, action=action, day=day.date, events=day.count,
            usual=day.usual, score=round(day.score, 2),
        )  # fmt: skip
