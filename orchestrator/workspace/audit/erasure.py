"""The erasure of a person's rows as steps: the rows, the files behind deletion vectors, the files of time travel.

None of them has a way back from here. The value that the rows are found by is in no call and in no file: a request is
known by its place and by a fingerprint.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass, field

from orchestrator.errors import WorkspaceError
from orchestrator.workspace.audit.deletions import DELETES, REWRITES, Operation, Past, past_of, retention_of
from orchestrator.workspace.changes import State
from orchestrator.workspace.connection import Workspace
from orchestrator.workspace.names import quoted, table_name
from orchestrator.workspace.statements import query

NONE: State = ("0 rows match",)
WAITS: State = ("old files hold deleted rows",)
PURGED: State = ("deletion vectors are written out",)
REMOVED: State = ("old files are removed",)
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
        text = f"SELECT count(*) FROM {table_name(self.table).quoted} WHERE {self._condition}"
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
        text = f"DELETE FROM {table_name(self.table).quoted} WHERE {self._condition}"
        query(workspace, text, {"value": self.secret}, what=f"delete the {self.subject}", limit=1)

    def call(self, before: State, after: State) -> str:
        """The SQL statement."""
        del before
        if after != NONE:
            return f"no call: {_GONE}"
        text = f"DELETE FROM {table_name(self.table).quoted} WHERE {self._condition}"
        return f"{text} -- the value of {self.place}, sha256 {self.fingerprint}"

    @property
    def _condition(self) -> str:
        # Keys are written as text in a request, whatever the column's type.
        return f"CAST({quoted(self.column)} AS STRING) = :value"


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
    """Whether deleted rows still stand in data files, behind the deletion vectors of a table."""

    table: str

    @property
    def lasts(self) -> str:
        """Why there is no way back."""
        return "files that were written anew stay so"

    @property
    def subject(self) -> str:
        """What is set."""
        return f"deletion vectors of {self.table}"

    def read(self, workspace: Workspace) -> State:
        """Whether a REORG or OPTIMIZE followed the newest deletion; before a first deletion they wait for one."""
        past = past_of(workspace, self.table)
        deleted = newest(past, DELETES)
        rewritten = newest(past, REWRITES)
        done = deleted is not None and rewritten is not None and rewritten.version > deleted.version
        return PURGED if done else WAITS

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
    """Whether the files that the newest deletion left for time travel are there."""

    table: str

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
        past = past_of(workspace, self.table)
        due = due_at(past)
        ended = newest(past, frozenset({"VACUUM END"}))
        return REMOVED if due is not None and ended is not None and ended.time >= due else WAITS

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


def due_at(past: Past) -> dt.datetime | None:
    """When VACUUM may remove what the newest deletion, or the purge after it, left; None where nothing was deleted."""
    deleted = newest(past, DELETES)
    if deleted is None:
        return None
    rewritten = newest(past, REWRITES) if past.vectors else None
    last = rewritten if rewritten is not None and rewritten.version > deleted.version else deleted
    return last.time + retention_of(past.properties)
