"""How much a SQL warehouse had to do: `system.query.history`, by hours in which a statement began and by size read.

Source of the columns: https://docs.databricks.com/aws/en/admin/system-tables/query-history.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from orchestrator.workspace.connection import Workspace
from orchestrator.workspace.records import Record
from orchestrator.workspace.statements import query

MAX_ROWS = 1_000
_BUSY = (
    "SELECT compute.warehouse_id AS warehouse, count(*) AS statements, "
    "count(DISTINCT date_trunc('HOUR', start_time)) AS hours, sum(total_duration_ms) AS milliseconds, "
    "max(total_duration_ms) AS longest, max(read_bytes) AS most_read, sum(spilled_local_bytes) AS spilled "
    "FROM system.query.history WHERE start_time >= :since AND start_time < :until "
    "AND compute.warehouse_id IS NOT NULL GROUP BY 1 ORDER BY 1"
)


class Busy(Record):
    """The work of one warehouse in the window."""

    warehouse_id: str
    statements: int
    hours_with_statements: int
    """clock hours in which at least one statement began"""
    window_hours: int
    busy_hours: float
    """the sum of the durations of all statements; they may overlap"""
    longest_seconds: float
    most_read_bytes: int
    spilled_bytes: int


def busy_warehouses(workspace: Workspace, *, since: dt.date, until: dt.date) -> tuple[Busy, ...]:
    """The work of each warehouse that ran a statement from `since` to the day before `until`.

    Raises:
        WorkspaceError: the history of queries cannot be read.
    """
    parameters = {"since": since, "until": until}
    rows = query(workspace, _BUSY, parameters, what="read the history of queries", limit=MAX_ROWS)
    hours = (until - since).days * 24
    return tuple(_busy(row, hours) for row in rows.named())


def _busy(row: Mapping[str, str | None], hours: int) -> Busy:
    return Busy(
        warehouse_id=row["warehouse"] or "",
        statements=int(row["statements"] or 0),
        hours_with_statements=int(row["hours"] or 0),
        window_hours=hours,
        busy_hours=round(float(row["milliseconds"] or 0) / 3_600_000, 2),
        longest_seconds=round(float(row["longest"] or 0) / 1_000, 1),
        most_read_bytes=int(float(row["most_read"] or 0)),
        spilled_bytes=int(float(row["spilled"] or 0)),
    )
