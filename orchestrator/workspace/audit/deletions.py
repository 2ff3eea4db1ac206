"""Whether data that had to be deleted is gone: DELETE, then the purge of the old files, here and downstream.

A DELETE leaves the old files for time travel; VACUUM removes those older than the retention, by default 7 days. Where
deletion vectors are on, the rows stay in their files until REORG TABLE ... APPLY (PURGE) or OPTIMIZE writes them anew.
https://docs.databricks.com/aws/en/delta/vacuum and https://docs.databricks.com/aws/en/delta/deletion-vectors
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from orchestrator.errors import WorkspaceError
from orchestrator.workspace.audit.events import moment
from orchestrator.workspace.audit.lineage import Downstream
from orchestrator.workspace.connection import Workspace
from orchestrator.workspace.names import table_name
from orchestrator.workspace.records import Record
from orchestrator.workspace.statements import query

Standing = Literal["purged", "late", "not purged", "not deleted", "cannot be seen"]
DELETES = frozenset({"DELETE", "TRUNCATE", "MERGE"})
REWRITES = frozenset({"REORG", "OPTIMIZE"})
DEFAULT_RETENTION = dt.timedelta(days=7)
_INTERVAL = re.compile(r"(?:interval\s+)?(\d+)\s+(hour|day|week)s?", re.IGNORECASE)
_HOURS = {"hour": 1, "day": 24, "week": 168}
MAX_COPIES = 50


class Operation(Record):
    """One version of a table."""

    version: int
    time: dt.datetime
    operation: str
    by: str | None


class DeletionCheck(Record):
    """What became of the data of one table."""

    table: str
    standing: Standing
    """purged: deleted and its files removed in time; late: after the deadline"""
    why: str
    deleted: Operation | None
    """the first operation after the request that can have removed the rows"""
    rewritten: Operation | None
    """the REORG or OPTIMIZE that wrote deletion vectors out; needed where they are on"""
    vacuumed: Operation | None
    retention_hours: int
    deletion_vectors: bool


class DeletionCompliance(Record):
    """Whether one request of erasure was carried out, as far as the tables' histories show."""

    table: str
    requested: dt.date
    deadline: dt.date
    compliant: bool
    """every table that could be read is purged in time and none was out of sight"""
    checks: tuple[DeletionCheck, ...]
    """the table first, then the tables downstream of it"""
    limits: tuple[str, ...]
    """what these facts cannot show"""
    more: bool
    """more downstream tables exist than were looked at"""


def verify(
    workspace: Workspace, table: str, requested: dt.date, deadline: dt.date, copies: Downstream
) -> DeletionCompliance:
    """The check of the table and of what was written from it before the request was carried out.

    Raises:
        WorkspaceError: the table's own history cannot be read.
    """
    name = str(table_name(table))
    checks = [_checked(workspace, name, requested, deadline)]
    checks += [_copy_checked(workspace, copy, requested, deadline) for copy in copies.targets[:MAX_COPIES]]
    return DeletionCompliance(
        table=name,
        requested=requested,
        deadline=deadline,
        compliant=all(check.standing == "purged" for check in checks),
        checks=tuple(checks),
        limits=LIMITS,
        more=copies.more or len(copies.targets) > MAX_COPIES,
    )


LIMITS = (
    "a history shows that rows were deleted, not which: check the predicate of the statement",
    "exports, files outside of Unity Catalog, backups and recipients of shares cannot be seen here",
    "a downstream table may hold none of the person's rows; one without a deletion is named so that somebody looks",
)


def judged(
    table: str,
    history: Sequence[Operation],
    properties: Mapping[str, str],
    requested: dt.date,
    deadline: dt.date,
) -> DeletionCheck:
    """The check of one table over its history and properties."""
    retention = retention_of(properties)
    vectors = Past(operations=(), properties=properties).vectors
    start = dt.datetime.combine(requested, dt.time(), tzinfo=dt.UTC)
    ordered = sorted(history, key=lambda item: (item.time, item.version))
    deleted = _first(ordered, DELETES, start)
    after = deleted.time if deleted else start
    rewritten = _first(ordered, REWRITES, after) if deleted and vectors else None
    ready = rewritten.time if rewritten else after
    vacuumed = _vacuum(ordered, ready + retention) if deleted and (rewritten or not vectors) else None
    standing, why = _standing(deleted, rewritten, vacuumed, vectors=vectors, deadline=deadline)
    return DeletionCheck(
        table=table, standing=standing, why=why, deleted=deleted, rewritten=rewritten, vacuumed=vacuumed,
        retention_hours=int(retention.total_seconds() // 3_600), deletion_vectors=vectors,
    )  # fmt: skip


def retention_of(properties: Mapping[str, str]) -> dt.timedelta:
    """How long VACUUM keeps removed files: the table's property, or 7 days."""
    found = _INTERVAL.search(properties.get("delta.deletedFileRetentionDuration", ""))
    return dt.timedelta(hours=int(found[1]) * _HOURS[found[2].lower()]) if found else DEFAULT_RETENTION


def _standing(
    deleted: Operation | None,
    rewritten: Operation | None,
    vacuumed: Operation | None,
    *,
    vectors: bool,
    deadline: dt.date,
) -> tuple[Standing, str]:
    if deleted is None:
        return "not deleted", "no DELETE, TRUNCATE or MERGE after the request"
    if vectors and rewritten is None:
        return "not purged", "deletion vectors are on and no REORG ... APPLY (PURGE) or OPTIMIZE followed the DELETE"
    if vacuumed is None:
        return "not purged", "no VACUUM ended after the retention had passed: the old files are still there"
    if vacuumed.time.date() > deadline:
        return "late", f"the VACUUM ended on {vacuumed.time.date()}, after the deadline"
    return "purged", f"the files were removed on {vacuumed.time.date()}"


def _first(history: Sequence[Operation], operations: frozenset[str], since: dt.datetime) -> Operation | None:
    return next((item for item in history if item.operation in operations and item.time >= since), None)


def _vacuum(history: Sequence[Operation], since: dt.datetime) -> Operation | None:
    """The first VACUUM that ended when the removed files were old enough for it."""
    return next((item for item in history if item.operation == "VACUUM END" and item.time >= since), None)


def _copy_checked(workspace: Workspace, table: str, requested: dt.date, deadline: dt.date) -> DeletionCheck:
    try:
        return _checked(workspace, table, requested, deadline)
    except WorkspaceError as error:
        return DeletionCheck(
            table=table, standing="cannot be seen", why=str(error), deleted=None, rewritten=None, vacuumed=None,
            retention_hours=0, deletion_vectors=False,
        )  # fmt: skip


def _checked(workspace: Workspace, table: str, requested: dt.date, deadline: dt.date) -> DeletionCheck:
    past = past_of(workspace, table)
    return judged(str(table_name(table)), past.operations, past.properties, requested, deadline)


@dataclass(frozen=True, kw_only=True)
class Past:
    """The history of a table and its properties."""

    operations: tuple[Operation, ...]
    properties: Mapping[str, str]

    @property
    def vectors(self) -> bool:
        """Whether deletion vectors are on: a DELETE then leaves the rows in their files."""
        return self.properties.get("delta.enableDeletionVectors", "").lower() == "true"


def past_of(workspace: Workspace, table: str) -> Past:
    """The history of the table, and its properties.

    Raises:
        WorkspaceError: they cannot be read.
    """
    name = table_name(table)
    found = workspace.ask(f"read the table {name}", lambda client: client.tables.get(str(name)))
    rows = query(workspace, f"DESCRIBE HISTORY {name.quoted}", what=f"read the history of {name}", limit=5_000)
    history = tuple(
        Operation(
            version=int(row["version"] or 0),
            time=moment(row["timestamp"]),
            operation=(row["operation"] or "").upper(),
            by=row.get("userName"),
        )
        for row in rows.named()
    )
    return Past(operations=history, properties=found.properties or {})
