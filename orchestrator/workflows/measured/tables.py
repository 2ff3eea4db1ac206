"""What a workspace says of one table: its size, its layout and who may read it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from orchestrator.errors import WorkspaceError
from orchestrator.workspace.connection import Workspace
from orchestrator.workspace.governance.grants import HARMLESS, WIDE, effective
from orchestrator.workspace.governance.securables import Securable
from orchestrator.workspace.names import TableName
from orchestrator.workspace.statements import query

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient
    from databricks.sdk.service.catalog import TableInfo

T = TypeVar("T")
_COLUMNS = 100
_NAME = 255
_WITHOUT_FILES = frozenset({"VIEW", "METRIC_VIEW", "FOREIGN"})
TOLD_PROPERTIES = (
    "delta.appendOnly",
    "delta.deletedFileRetentionDuration",
    "delta.enableChangeDataFeed",
    "delta.logRetentionDuration",
)
_BUSY = frozenset({"Unauthenticated", "TemporarilyUnavailable", "DeadlineExceeded", "TooManyRequests"})
"""Answers of a workspace that say nothing about the table."""


@dataclass(frozen=True, kw_only=True)
class Question:
    """A table to ask for; without `details` only whether it is there."""

    name: TableName
    details: bool


@dataclass(frozen=True, kw_only=True)
class TableFacts:
    """One table as the workspace describes it; `bytes` and `files` are None where it does not tell.

    `wide` are the privileges that groups of every user hold, as `SELECT of account users on schema main.sales`.
    `unknown` says what could not be asked and why; `problem` why nothing could, and `reached` whether the workspace
    gave an answer at all.
    """

    name: TableName
    present: bool = False
    kind: str = ""
    bytes: int | None = None
    files: int | None = None
    clustered: tuple[str, ...] = ()
    partitioned: tuple[str, ...] = ()
    properties: tuple[tuple[str, str], ...] = ()
    row_filter: str = ""
    masked: tuple[str, ...] = ()
    wide: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    problem: str = ""
    reached: bool = True


def ask_table(workspace: Workspace, question: Question, until: float) -> TableFacts:
    """The facts of one table; what the workspace refuses is told in them. `until` is a time of the monotonic clock."""
    name = question.name
    try:
        info = workspace.ask(
            f"read the table {name}", lambda client: _described(client, name), privilege="BROWSE or SELECT on it"
        )
    except WorkspaceError as error:
        return TableFacts(name=name, problem=str(error), reached=_reached(error))
    if info is None:
        return TableFacts(name=name)
    facts = _facts(name, info)
    if not question.details:
        return facts
    facts = _with(facts, lambda: _sized(workspace, facts, until))
    return _with(facts, lambda: _granted(workspace, facts))


def _described(client: WorkspaceClient, name: TableName) -> TableInfo | None:
    from databricks.sdk.errors import NotFound

    try:
        return client.tables.get(str(name))
    except NotFound as error:
        if error.error_code == "ENDPOINT_NOT_FOUND":
            raise
        return None


def _reached(error: WorkspaceError) -> bool:
    """Whether the workspace answered about the table, so that it can be asked about others."""
    from databricks.sdk.errors.base import DatabricksError

    cause = error.__cause__
    if not isinstance(cause, DatabricksError) or cause.error_code == "ENDPOINT_NOT_FOUND":
        return False
    return type(cause).__name__ not in _BUSY


def _facts(name: TableName, info: TableInfo) -> TableFacts:
    columns = (info.columns or [])[:_COLUMNS]
    partitions = sorted(
        (column.partition_index, column.name or "") for column in columns if column.partition_index is not None
    )
    properties = info.properties or {}
    return TableFacts(
        name=name,
        present=True,
        kind=info.table_type.value if info.table_type else "",
        partitioned=tuple(column[:_NAME] for _, column in partitions),
        properties=tuple((key, properties[key][:_NAME]) for key in TOLD_PROPERTIES if key in properties),
        row_filter=(info.row_filter.function_name or "")[:_NAME] if info.row_filter else "",
        masked=tuple((column.name or "")[:_NAME] for column in columns if column.mask is not None),
    )


def _with(facts: TableFacts, asked: Callable[[], TableFacts]) -> TableFacts:
    """The facts with one more answer, or with the reason why there is none."""
    try:
        return asked()
    except WorkspaceError as error:
        return replace(facts, unknown=(*facts.unknown, str(error)))


def _sized(workspace: Workspace, facts: TableFacts, until: float) -> TableFacts:
    what = f"tell the size of {facts.name}"
    if facts.kind in _WITHOUT_FILES:
        raise WorkspaceError(
            f"cannot {what}: it is a {facts.kind.lower().replace('_', ' ')} and has no files of its own"
        )
    left = max(until - time.monotonic(), 1.0)
    rows = query(workspace, f"DESCRIBE DETAIL {facts.name.quoted}", what=what, limit=1, deadline_seconds=left)
    detail = next(rows.named(), {})
    counted = _number(detail.get("sizeInBytes"))
    if counted is None:
        raise WorkspaceError(f"cannot {what}: DESCRIBE DETAIL gives none")
    return replace(
        facts,
        bytes=counted,
        files=_number(detail.get("numFiles")),
        clustered=_list(detail.get("clusteringColumns")),
        partitioned=_list(detail.get("partitionColumns")) or facts.partitioned,
    )


def _granted(workspace: Workspace, facts: TableFacts) -> TableFacts:
    of = Securable(kind="table", name=str(facts.name))
    held = workspace.ask(
        f"read the grants of {of}", lambda client: tuple(effective(client, of)), privilege="MANAGE on it or ownership"
    )
    wide = sorted(
        {
            f"{grant.privilege} of {grant.principal} on {grant.on}"
            for grant in held
            if grant.principal.lower() in WIDE and grant.privilege not in HARMLESS
        }
    )
    return replace(facts, wide=tuple(text[:_NAME] for text in wide))


def _number(text: str | None) -> int | None:
    return int(text) if text is not None and text.isdecimal() and len(text) < 20 else None


def _list(text: str | None) -> tuple[str, ...]:
    """The texts of a JSON array, as the warehouse sends one."""
    try:
        found = json.loads(text or "[]")
    except (ValueError, RecursionError):
        return ()
    return tuple(str(item)[:_NAME] for item in found[:_COLUMNS]) if isinstance(found, list) else ()
