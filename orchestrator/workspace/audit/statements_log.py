"""SQL statements that deleted data, from `system.query.history`: the audit log names no rows.

Columns: https://docs.databricks.com/aws/en/admin/system-tables/query-history
"""

from __future__ import annotations

import datetime as dt

from orchestrator.workspace.audit.events import MAX_TEXT, moment
from orchestrator.workspace.audit.log import Window
from orchestrator.workspace.connection import Workspace
from orchestrator.workspace.plain import whole_words
from orchestrator.workspace.records import Record
from orchestrator.workspace.statements import Value, query

_DELETING = (
    "SELECT statement_id, start_time, lower(executed_by) AS principal, statement_type, statement_text, "
    "execution_status FROM system.query.history WHERE start_time >= :since AND start_time < :until "
    "AND (:principal IS NULL OR lower(executed_by) = :principal) "
    "AND (statement_type IN ('DELETE', 'TRUNCATE', 'DROP', 'VACUUM') "
    "OR startswith(upper(ltrim(statement_text)), 'VACUUM') OR startswith(upper(ltrim(statement_text)), 'REORG')) "
    "ORDER BY start_time DESC, statement_id DESC"
)


class DeletingStatement(Record):
    """A statement that deletes rows, files or objects."""

    statement_id: str
    time: dt.datetime
    principal: str
    kind: str
    """the type that the warehouse gives it, as DELETE"""
    text: str
    """at most 1,000 characters; empty where the workspace encrypts it"""
    status: str


def deleting_statements(
    workspace: Workspace, window: Window, principal: str | None, limit: int
) -> tuple[tuple[DeletingStatement, ...], bool]:
    """The newest such statements of SQL warehouses and serverless compute, and whether there are more.

    Raises:
        WorkspaceError: the query history cannot be read.
    """
    parameters: dict[str, Value] = {
        "since": window.since,
        "until": window.until + dt.timedelta(days=1),
        "principal": principal.lower() if principal else None,
    }
    rows = query(workspace, _DELETING, parameters, what="read the query history", limit=limit)
    items = tuple(
        DeletingStatement(
            statement_id=row["statement_id"] or "",
            time=moment(row["start_time"]),
            principal=row["principal"] or "unknown",
            kind=row["statement_type"] or "",
            text=whole_words(" ".join((row["statement_text"] or "").split()), MAX_TEXT),
            status=row["execution_status"] or "",
        )
        for row in rows.named()
    )
    return items, rows.more
