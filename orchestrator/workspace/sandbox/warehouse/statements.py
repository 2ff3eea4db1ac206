"""Statements: run beside the server, watched until their wait is over, and kept for whoever asks for their result."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import wait as wait_for
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import uuid4

import duckdb

from orchestrator.workspace.sandbox.problem import CallRefusedError
from orchestrator.workspace.sandbox.warehouse.commands import command_for
from orchestrator.workspace.sandbox.warehouse.engine import Engine
from orchestrator.workspace.sandbox.warehouse.failure import StatementFailedError, insufficient, of_engine
from orchestrator.workspace.sandbox.warehouse.history import record_change
from orchestrator.workspace.sandbox.warehouse.results import Result, databricks_type
from orchestrator.workspace.sandbox.warehouse.rewrite import parse, rewrite
from orchestrator.workspace.sandbox.warehouse.session import Outcome

if TYPE_CHECKING:
    from orchestrator.workspace.sandbox.state import State
    from orchestrator.workspace.sandbox.warehouse.session import Session

KEPT = 500
MAX_ROWS = 100_000


@dataclass(kw_only=True)
class Statement:
    """One statement and how far it is."""

    id: str
    caller: str
    future: Future[Result]
    form: str = "JSON_ARRAY"
    disposition: str = "INLINE"
    canceled: bool = False
    cursors: list[duckdb.DuckDBPyConnection] = field(default_factory=list)

    @property
    def state(self) -> str:
        """PENDING, SUCCEEDED, FAILED or CANCELED."""
        if self.canceled:
            return "CANCELED"
        if not self.future.done():
            return "RUNNING"
        return "FAILED" if self.future.exception() else "SUCCEEDED"


class Statements:
    """Every statement of one sandbox."""

    def __init__(self, state: State) -> None:
        self._engine = Engine(state)
        self._kept: OrderedDict[str, Statement] = OrderedDict()
        self._workers = ThreadPoolExecutor(max_workers=4, thread_name_prefix="sandbox-statement")

    def begin(self, text: str, session: Session, *, limit: int | None, form: str, disposition: str) -> Statement:
        """Start a statement."""
        cursors: list[duckdb.DuckDBPyConnection] = []
        future = self._workers.submit(self._run, text, session, limit, cursors)
        statement = Statement(
            id=str(uuid4()),
            caller=session.caller,
            future=future,
            form=form,
            disposition=disposition,
            cursors=cursors,
        )
        self._kept[statement.id] = statement
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return statement

    def wait(self, statement: Statement, seconds: float) -> None:
        """Return when the statement has ended, or after so many seconds."""
        wait_for([statement.future], timeout=seconds)

    def get(self, identity: str, caller: str) -> Statement:
        """A statement of the caller.

        Raises:
            CallRefusedError: there is none (404).
        """
        found = self._kept.get(identity)
        if found is None or found.caller != caller:
            raise CallRefusedError(404, "NOT_FOUND", f"The statement {identity[:60]} was not found.")
        return found

    def cancel(self, statement: Statement) -> None:
        """Stop a statement that still runs."""
        if not statement.future.done():
            statement.canceled = True
            statement.future.cancel()
            for cursor in statement.cursors:
                cursor.interrupt()

    def close(self) -> None:
        """Stop all, and let go of the memory."""
        for statement in list(self._kept.values()):
            self.cancel(statement)
        self._workers.shutdown(wait=True, cancel_futures=True)
        self._engine.close()

    def _run(self, text: str, session: Session, limit: int | None, cursors: list[duckdb.DuckDBPyConnection]) -> Result:
        command = command_for(text, session, self._engine)
        if command is not None:
            with session.state.lock:
                return Result.of(_commanded(command), limit=limit)
        made = rewrite(parse(text), session)
        cursor = self._engine.cursor(made.information)
        cursors.append(cursor)
        try:
            outcome = _fetched(cursor.execute(made.sql, made.parameters))
        except duckdb.Error as error:
            raise of_engine(error) from None
        finally:
            cursor.close()
        if made.changed is not None:
            record_change(session, made.changed, text)
            outcome = Outcome(columns=(("num_affected_rows", "BIGINT"),), rows=outcome.rows)
        return Result.of(outcome, limit=limit)


def _commanded(command: Callable[[], Outcome]) -> Outcome:
    try:
        return command()
    except CallRefusedError as problem:
        if problem.status == 403:
            raise insufficient(problem.message) from None
        raise StatementFailedError(problem.code, problem.message, "42000") from None


def _fetched(cursor: duckdb.DuckDBPyConnection) -> Outcome:
    columns = tuple((str(column[0]), databricks_type(str(column[1]))) for column in cursor.description or ())
    return Outcome(columns=columns, rows=tuple(cursor.fetchmany(MAX_ROWS)))
