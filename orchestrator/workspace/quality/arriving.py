"""When rows came: the newest moment of a column, and how many rows each of the last whole days has."""

from __future__ import annotations

import datetime as dt
from statistics import median
from string import Template

from orchestrator.workspace.quality.asking import measures
from orchestrator.workspace.quality.check import literal, named
from orchestrator.workspace.quality.rows import DataRows
from orchestrator.workspace.records import Record

_BY_DAY = Template(
    "SELECT CAST($column AS DATE) AS day, count(*) AS n FROM $rows "
    "WHERE $column >= $since AND $column < $until GROUP BY 1 ORDER BY 1"
)
LEAST_DAYS = 4
"""Days before the last one from which what is usual can be told."""
HALF = 0.5
LEAST_ROWS = 20
"""Rows of a usual day below which half of them is chance."""


class Newest(Record):
    """The newest row of a table, by a column of time."""

    column: str
    newest: dt.datetime | None
    """in UTC; null where the table has no row with a time"""
    age_hours: float | None


class DailyRows(Record):
    """The rows of whole days, the oldest first; a day without rows has 0."""

    column: str
    days: tuple[str, ...]
    """as `2026-11-22: 1204`"""
    last: int
    usual: float | None
    """the median of the days before the last; null for fewer than four"""

    @property
    def is_low(self) -> bool:
        """Whether the last whole day has less than half of what is usual, where a usual day has at least 20 rows."""
        return self.usual is not None and self.usual >= LEAST_ROWS and self.last < self.usual * HALF


def newest(rows: DataRows, column: str, now: dt.datetime) -> Newest:
    """The newest moment of the column, and how long ago that is.

    Raises:
        WorkspaceError: the column is not there or holds no time.
    """
    found = measures(rows, [f"CAST(max({named(column, rows.dialect)}) AS STRING)"])[0]
    moment = _moment(found)
    age = None if moment is None else round((now - moment).total_seconds() / 3_600, 2)
    return Newest(column=column, newest=moment, age_hours=age)


def daily_rows(rows: DataRows, column: str, *, days: int, today: dt.date) -> DailyRows:
    """The rows of the last whole days.

    Raises:
        WorkspaceError: the column is not there or holds no time.
    """
    since = today - dt.timedelta(days=days)
    statement = _BY_DAY.substitute(
        column=named(column, rows.dialect), rows=rows.relation, since=_literal(since), until=_literal(today)
    )
    counted = {(day or "")[:10]: int(count or 0) for day, count in rows.ask(statement, days + 1)}
    every = [(since + dt.timedelta(days=number)).isoformat() for number in range(days)]
    counts = [counted.get(day, 0) for day in every]
    before = counts[:-1]
    return DailyRows(
        column=column,
        days=tuple(f"{day}: {count}" for day, count in zip(every, counts, strict=True)),
        last=counts[-1],
        usual=median(before) if len(before) >= LEAST_DAYS else None,
    )


def _literal(day: dt.date) -> str:
    return literal(dt.datetime.combine(day, dt.time(), tzinfo=dt.UTC))


def _moment(text: str | None) -> dt.datetime | None:
    if text is None:
        return None
    found = dt.datetime.fromisoformat(text.strip().replace("Z", "+00:00"))
    return found if found.tzinfo else found.replace(tzinfo=dt.UTC)
