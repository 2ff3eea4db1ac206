"""The erasure of a person's rows as steps: the rows, the files behind deletion vectors, the files of time travel.

None of them has a way back from here. The value that the rows are found by is in no call and in no file: a request is
known by its place and by a fingerprint.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass, field
from string import Template

from orchestrator.errors import WorkspaceError
from orchestrator.workspace.audit.deletions import REWRITES, DeletionCheck, Operation, Past, past_of
from orchestrator.workspace.changes import State
from orchestrator.workspace.connection import Workspace
from orchestrator.workspace.names import quoted, table_name
from orchestrator.workspace.statements import query

NONE: State = ("0 rows match",)
WAITS: State = ("old files hold deleted rows",)
PURGED: State = ("deletion vectors are written out",)
REMOVED: State = ("old files are removed",)
# Keys are written as text in a request, whatever the column's type.
_COUNT = Template("SELECT count(*) FROM $table WHERE CAST($column AS STRING) = :value")
_DELETE = Template("DELETE FROM $table WHERE CAST($column AS STRING) = :value")
_GONE = "deleted rows come back by time travel alone, while the old files are there"


@dataclass(frozen=True, kw_only=True)
class Rows:
    """The rows of one request; `place` is where the request stands."""

    table: str
    column: str
    place: str
    fingerprint: str
    secret: str = field(default="", repr=False)
    """the value, which is kept nowhere"""

    @property
    def lasts(self) -> str:
        """Why there is no way back."""
        return _GONE

    @property
    def subject(self) -> str:
        """What is set."""
        return f"rows of {self.table} by {self.column}, request {self.place}"

    def read(self, workspace: Workspace) -> State:
        """How many rows match; of a request that is not at hand, none are looked for."""
        if not self.secret:
            return None
        text = _COUNT.substitute(self._places)
        found = query(workspace, text, {"value": self.secret}, what=f"count the rows of {self.subject}", limit=1)
        return (f"{int(found.rows[0][0] or 0)} rows match",)

    def write(self, workspace: Workspace, before: State, after: State) -> None:
        """Delete them.

        Raises:
            WorkspaceError: they are to come back.
        """
        del before
        if after != NONE:
            raise WorkspaceError(_GONE)
        text = _DELETE.substitute(self._places)
        query(workspace, text, {"value": self.secret}, what=f"delete the {self.subject}", limit=1)

    def call(self, before: State, after: State) -> str:
        """The SQL statement."""
        del before
        if after != NONE:
            return f"no call: {_GONE}"
        text = _DELETE.substitute(self._places)
        return f"{text} -- the value of {self.place}, sha256 {self.fingerprint}"

    @property
    def _places(self) -> dict[str, str]:
        return {"table": table_name(self.table).quoted, "column": quoted(self.column)}


def rows(table: str, column: str, place: str, value: str) -> Rows:
    """The rows of a request.

    Raises:
        WorkspaceError: a name cannot be one.
    """
    name = str(table_name(table))
    quoted(column)
    digest = hashlib.sha256(f"{name}\0{column}\0{value}".encode()).hexdigest()[:12]
    return Rows(table=name, column=column, place=place, fingerprint=digest, secret=value)


@dataclass(frozen=True, kw_only=True)
class VectorsOf:
    """Whether deleted rows still stand in data files, behind the deletion vectors of a table.

    A purge counts that came after version `since` of the table, and where rows are deleted before it in the same set,
    `after_delete`, after the newest DELETE too.
    """

    table: str
    since: int
    after_delete: bool = False

    @property
    def lasts(self) -> str:
        """Why there is no way back."""
        return "files that were written anew stay so"

    @property
    def subject(self) -> str:
        """What is set."""
        return f"deletion vectors of {self.table}"

    def read(self, workspace: Workspace) -> State:
        """Whether a REORG or OPTIMIZE followed."""
        past = past_of(workspace, self.table)
        own = newest(past, frozenset({"DELETE"})) if self.after_delete else None
        last = max(self.since, own.version if own else -1)
        rewritten = newest(past, REWRITES)
        return PURGED if rewritten is not None and rewritten.version > last else WAITS

    def write(self, workspace: Workspace, before: State, after: State) -> None:
        """Write the files anew without the rows.

        Raises:
            WorkspaceError: they are to come back.
        """
        if after != PURGED:
            raise WorkspaceError(self.lasts)
        query(workspace, self.call(before, after), what=f"purge {self.table}", limit=1, deadline_seconds=600)

    def call(self, before: State, after: State) -> str:
        """The SQL statement."""
        del before
        purge = f"REORG TABLE {table_name(self.table).quoted} APPLY (PURGE)"
        return purge if after == PURGED else f"no call: {self.lasts}"


@dataclass(frozen=True, kw_only=True)
class OldFiles:
    """Whether the files that a deletion left for time travel are there; VACUUM removes them from `due` on."""

    table: str
    due: dt.datetime

    @property
    def lasts(self) -> str:
        """Why there is no way back."""
        return "files that were removed are gone, and time travel to them with them"

    @property
    def subject(self) -> str:
        """What is set."""
        return f"old files of {self.table}"

    def read(self, workspace: Workspace) -> State:
        """Whether a VACUUM ended when they were old enough for it."""
        ended = newest(past_of(workspace, self.table), frozenset({"VACUUM END"}))
        return REMOVED if ended is not None and ended.time >= self.due else WAITS

    def write(self, workspace: Workspace, before: State, after: State) -> None:
        """Remove them.

        Raises:
            WorkspaceError: they are to come back.
        """
        if after != REMOVED:
            raise WorkspaceError(self.lasts)
        query(workspace, self.call(before, after), what=f"vacuum {self.table}", limit=1, deadline_seconds=600)

    def call(self, before: State, after: State) -> str:
        """The SQL statement, which keeps what the table's retention keeps."""
        del before
        return f"VACUUM {table_name(self.table).quoted}" if after == REMOVED else f"no call: {self.lasts}"


def newest(past: Past, operations: frozenset[str]) -> Operation | None:
    """The newest of these operations."""
    found = [each for each in past.operations if each.operation in operations]
    return max(found, key=lambda each: (each.time, each.version), default=None)


def due_at(check: DeletionCheck) -> dt.datetime | None:
    """When VACUUM may remove what the deletion, or the purge after it, left; None where that has not been done."""
    last = check.rewritten if check.deletion_vectors else check.deleted
    return None if last is None else last.time + dt.timedelta(hours=check.retention_hours)
