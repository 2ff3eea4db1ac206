"""SQL through a warehouse: parameters are bound by the warehouse, rows come back in bounded number."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.errors import WorkspaceError
from orchestrator.workspace.plain import whole_words
from orchestrator.workspace.waiting import seconds_left

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient
    from databricks.sdk.service.sql import ResultData, StatementParameterListItem, StatementResponse

    from orchestrator.workspace.connection import Workspace

Value = str | int | float | bool | dt.date | dt.datetime | None
MAX_ROWS = 10_000
WAIT_SECONDS = 10
LEAST_WAIT_SECONDS = 5
"""A shorter wait than this the statement interface does not take, but none at all."""
POLL_SECONDS = 0.5
CANCEL_SECONDS = 1.0
"""Kept of a caller's time to cancel a statement in."""
_TYPES: tuple[tuple[type, str], ...] = (
    (bool, "BOOLEAN"), (int, "BIGINT"), (float, "DOUBLE"), (dt.datetime, "TIMESTAMP"), (dt.date, "DATE"),
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Rows:
    """What a statement returned: every value as text, as the warehouse sends it; `more` tells that rows were cut.

    A row has as many values as there are columns.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str | None, ...], ...]
    more: bool

    def named(self) -> Iterator[Mapping[str, str | None]]:
        """The rows as maps from column to value."""
        for row in self.rows:
            yield dict(zip(self.columns, row, strict=True))


def query(
    workspace: Workspace,
    statement: str,
    parameters: Mapping[str, Value] | None = None,
    *,
    what: str,
    limit: int = 1_000,
    deadline_seconds: float = 60.0,
) -> Rows:
    """The rows of one statement; `:name` in it stands for a parameter, and `what` completes "cannot ...".

    Raises:
        WorkspaceError: no warehouse can run it, it failed, or it did not end by the deadline.
    """
    limit = min(limit, MAX_ROWS)
    until = time.monotonic() + _bounded(deadline_seconds)
    warehouse = _warehouse(workspace)
    bound = _bound(parameters or {})

    def start(client: WorkspaceClient) -> StatementResponse:
        return client.statement_execution.execute_statement(
            statement, warehouse, parameters=bound, row_limit=limit + 1, wait_timeout=_wait(until)
        )

    answer = workspace.ask(what, start, privilege="CAN USE on the warehouse and SELECT on what is read")
    answer = _ended(workspace, answer, what, until)
    columns, rows = _read(workspace, answer, what, limit + 1)
    return Rows(columns=columns, rows=rows[:limit], more=len(rows) > limit)


def _bounded(seconds: float) -> float:
    """The time that a statement may take: not longer than the caller waits."""
    left = seconds_left()
    return seconds if left is None else min(seconds, max(left - CANCEL_SECONDS, left / 2))


def _wait(until: float) -> str:
    """How long the first answer may take; at once where the interface takes no wait as short."""
    seconds = min(int(until - time.monotonic()), WAIT_SECONDS)
    return f"{seconds}s" if seconds >= LEAST_WAIT_SECONDS else "0s"


def _bound(parameters: Mapping[str, Value]) -> list[StatementParameterListItem]:
    from databricks.sdk.service.sql import StatementParameterListItem

    return [
        StatementParameterListItem(name=name, value=_text(value), type=_type(value))
        for name, value in parameters.items()
    ]


def _text(value: Value) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, dt.date) else str(value)


def _type(value: Value) -> str:
    return next((name for kind, name in _TYPES if isinstance(value, kind)), "STRING")


def _warehouse(workspace: Workspace) -> str:
    if workspace.access.warehouse:
        return workspace.access.warehouse
    if workspace.client.config.warehouse_id:
        return str(workspace.client.config.warehouse_id)
    if workspace.chosen_warehouse is None:
        workspace.chosen_warehouse = _best_warehouse(workspace)
    return workspace.chosen_warehouse


def _best_warehouse(workspace: Workspace) -> str:
    found = workspace.ask("list SQL warehouses", lambda client: list(client.warehouses.list()))
    running = [item for item in found if item.state is not None and item.state.value == "RUNNING"]
    chosen = next(iter((*running, *found)), None)
    if chosen is None or chosen.id is None:
        raise WorkspaceError("no SQL warehouse can be used; create one, or set DATABRICKS_WAREHOUSE_ID")
    return chosen.id


def _ended(workspace: Workspace, answer: StatementResponse, what: str, until: float) -> StatementResponse:
    while (state := _state(answer)) in {"PENDING", "RUNNING"}:
        identifier = answer.statement_id or ""
        if time.monotonic() > until:
            workspace.ask(f"cancel the statement that should {what}", _cancelling(identifier))
            raise WorkspaceError(f"cannot {what}: the warehouse did not finish in time and the statement was cancelled")
        time.sleep(min(POLL_SECONDS, max(until - time.monotonic(), 0.01)))
        answer = workspace.ask(what, _state_of(identifier))
    if state != "SUCCEEDED":
        error = answer.status.error if answer.status else None
        reason = (error.message if error else None) or state
        said = whole_words(" ".join(reason.split()), 300)
        raise WorkspaceError(f"cannot {what}: the statement ended as {state} ({said})")
    return answer


def _cancelling(statement: str) -> Callable[[WorkspaceClient], None]:
    return lambda client: client.statement_execution.cancel_execution(statement)


def _state_of(statement: str) -> Callable[[WorkspaceClient], StatementResponse]:
    return lambda client: client.statement_execution.get_statement(statement)


def _chunk(statement: str, index: int) -> Callable[[WorkspaceClient], ResultData]:
    return lambda client: client.statement_execution.get_statement_result_chunk_n(statement, index)


def _state(answer: StatementResponse) -> str:
    return answer.status.state.value if answer.status and answer.status.state else "UNKNOWN"


def _read(
    workspace: Workspace, answer: StatementResponse, what: str, limit: int
) -> tuple[tuple[str, ...], tuple[tuple[str | None, ...], ...]]:
    schema = answer.manifest.schema if answer.manifest else None
    columns = tuple(column.name or "" for column in (schema.columns or ())) if schema else ()
    chunk = answer.result
    rows: list[tuple[str | None, ...]] = []
    while chunk is not None:
        rows.extend(_cells(chunk.data_array or ()))
        following = chunk.next_chunk_index
        if following is None or len(rows) >= limit:
            break
        chunk = workspace.ask(what, _chunk(answer.statement_id or "", following))
    if any(len(row) != len(columns) for row in rows):
        raise WorkspaceError(f"cannot {what}: the warehouse sent rows with more or fewer values than columns")
    return columns, tuple(rows)


def _cells(data: Sequence[Sequence[str | None]]) -> Iterator[tuple[str | None, ...]]:
    for row in data:
        yield tuple(row)
