"""SQL statements on a warehouse."""

from __future__ import annotations

import asyncio
import re
from typing import Literal

from pydantic import BaseModel, Field

from orchestrator.workspace.sandbox.call import Call
from orchestrator.workspace.sandbox.family import Family
from orchestrator.workspace.sandbox.problem import CallRefusedError, invalid
from orchestrator.workspace.sandbox.seed.part import Json
from orchestrator.workspace.sandbox.warehouse.failure import StatementFailedError
from orchestrator.workspace.sandbox.warehouse.session import Session, bind
from orchestrator.workspace.sandbox.warehouse.statements import Statement

FAMILY = Family(title="Statement execution")
_PATH = "/api/2.0/sql/statements"
_ONE = _PATH + "/{statement_id}"
_WAIT = re.compile(r"(\d{1,2})s")
_LINK_HOURS = 3_600_000
MAX_STATEMENT = 65_536
"""Characters of a statement: a real warehouse takes 16 MiB, the parser here would read on for minutes."""


class ParameterItem(BaseModel):
    """A parameter of a statement."""

    name: str
    value: str | None = None
    type: str = "STRING"


class StatementRequest(BaseModel):
    """The body that starts a statement."""

    statement: str = Field(min_length=1)
    warehouse_id: str = ""
    catalog: str | None = None
    schema_: str | None = Field(default=None, alias="schema")
    parameters: list[ParameterItem] = Field(default_factory=list)
    wait_timeout: str = "10s"
    on_wait_timeout: Literal["CONTINUE", "CANCEL"] = "CONTINUE"
    row_limit: int | None = Field(default=None, ge=1)
    byte_limit: int | None = None
    format: Literal["JSON_ARRAY", "CSV", "ARROW_STREAM"] = "JSON_ARRAY"
    disposition: Literal["INLINE", "EXTERNAL_LINKS"] = "INLINE"


@FAMILY.post(_PATH, sdk="statement_execution.execute_statement")
async def execute(call: Call) -> Json:
    """Runs a statement and waits up to `wait_timeout`: the first piece of its result, its error, or its state."""
    given = call.parse(StatementRequest)
    seconds = _seconds(given.wait_timeout)
    if len(given.statement) > MAX_STATEMENT:
        said = f"The statement has {len(given.statement)} characters; the sandbox takes at most {MAX_STATEMENT}"
        raise invalid(said)
    _check(call, given)
    statements = call.house.statements
    try:
        session = _session(call, given)
    except StatementFailedError as failure:
        raise invalid(failure.message) from None
    statement = statements.begin(
        given.statement, session, limit=given.row_limit, form=given.format, disposition=given.disposition
    )
    await asyncio.to_thread(statements.wait, statement, seconds)
    if statement.state == "RUNNING" and given.on_wait_timeout == "CANCEL":
        statements.cancel(statement)
    return _answer(call, statement)


def _session(call: Call, given: StatementRequest) -> Session:
    return Session(
        state=call.state,
        caller=call.caller,
        catalog=given.catalog,
        schema=given.schema_,
        parameters={item.name: bind(item.name, item.type, item.value) for item in given.parameters},
    )


def _seconds(text: str) -> float:
    found = _WAIT.fullmatch(text)
    seconds = int(found[1]) if found else -1
    if seconds != 0 and not 5 <= seconds <= 50:
        raise invalid(f"wait_timeout {text[:20]!r} must be 0s, or between 5s and 50s")
    return float(seconds)


def _check(call: Call, given: StatementRequest) -> None:
    known = {warehouse.id for warehouse in call.state.seed.compute.warehouses}
    if given.warehouse_id not in known:
        raise CallRefusedError(404, "NOT_FOUND", f"SQL warehouse {given.warehouse_id[:60]} does not exist.")
    if given.format == "ARROW_STREAM":
        raise CallRefusedError(501, "NOT_IMPLEMENTED", "The sandbox answers JSON_ARRAY and CSV, not ARROW_STREAM.")
    if given.format != "JSON_ARRAY" and given.disposition == "INLINE":
        raise invalid(f"The format {given.format} needs the disposition EXTERNAL_LINKS")


def _answer(call: Call, statement: Statement) -> Json:
    answer: Json = {"statement_id": statement.id, "status": _status(statement)}
    if statement.state == "SUCCEEDED":
        result = statement.future.result()
        answer["manifest"] = result.manifest(statement.form)
        answer["result"] = _piece(call, statement, 0)
    return answer


def _status(statement: Statement) -> Json:
    error = statement.future.exception() if statement.state == "FAILED" else None
    if error is None:
        return {"state": statement.state}
    if isinstance(error, StatementFailedError):
        said = {"error_code": "BAD_REQUEST", "message": error.message}
        return {"state": "FAILED", "error": said, "sql_state": error.sql_state}
    message = f"The sandbox failed on this statement ({type(error).__name__})."
    return {"state": "FAILED", "error": {"error_code": "INTERNAL_ERROR", "message": message}, "sql_state": "XX000"}


def _piece(call: Call, statement: Statement, index: int) -> Json:
    result = statement.future.result()
    rows = result.piece(index)
    if not result.schema:
        return {}
    answer: Json = {
        "chunk_index": index,
        "row_offset": sum(len(result.piece(at)) for at in range(index)),
        "row_count": len(rows),
    }
    following = index + 1
    if following < result.chunks:
        answer["next_chunk_index"] = following
        answer["next_chunk_internal_link"] = f"{_PATH}/{statement.id}/result/chunks/{following}"
    if statement.disposition == "INLINE":
        return answer | {"data_array": [list(row) for row in rows]}
    link = f"{call.base_url}/_sandbox/results/{statement.id}/{index}"
    expires = call.state.seed.now.isoformat().replace("+00:00", "Z")
    return {"external_links": [answer | {"external_link": link, "expiration": expires}]}


@FAMILY.get(_ONE, sdk="statement_execution.get_statement")
def get_statement(call: Call) -> Json:
    """How far a statement of the caller is, with the first piece of its result."""
    return _answer(call, call.house.statements.get(call.path["statement_id"], call.caller))


@FAMILY.get(_ONE + "/result/chunks/{chunk_index}", sdk="statement_execution.get_statement_result_chunk_n")
def get_chunk(call: Call) -> Json:
    """One piece of a result: 1,000 rows."""
    statement = call.house.statements.get(call.path["statement_id"], call.caller)
    text = call.path["chunk_index"]
    if statement.state != "SUCCEEDED" or not text.isdecimal() or int(text) >= max(statement.future.result().chunks, 1):
        raise CallRefusedError(404, "NOT_FOUND", f"There is no chunk {text[:20]} of statement {statement.id}.")
    return _piece(call, statement, int(text))


@FAMILY.post(_ONE + "/cancel", sdk="statement_execution.cancel_execution")
def cancel(call: Call) -> Json:
    """Stops a statement that still runs."""
    statements = call.house.statements
    statements.cancel(statements.get(call.path["statement_id"], call.caller))
    return {}
