"""The sandbox's own calls: faults, results by link, tokens of other principals. No workspace has them."""

from __future__ import annotations

from pydantic import BaseModel, Field

from orchestrator.workspace.sandbox.call import Call, Reply
from orchestrator.workspace.sandbox.family import RAW, Answer, Family
from orchestrator.workspace.sandbox.faults import Fault
from orchestrator.workspace.sandbox.problem import CallRefusedError, denied
from orchestrator.workspace.sandbox.seed.part import Json

FAMILY = Family(title="The sandbox itself")


class FaultList(BaseModel):
    """The body that sets faults."""

    faults: list[Fault] = Field(min_length=1)


def _admins_only(call: Call) -> None:
    if not call.state.people.is_admin(call.caller):
        raise denied("Only the admin of the sandbox may do this.")


@FAMILY.post("/_sandbox/faults", sdk=RAW)
def set_faults(call: Call) -> Json:
    """Sets faults: `{"faults": [{"kind": "rate_limit", "path": "/api/2.1/*", "count": 2}]}`."""
    _admins_only(call)
    faults = call.house.gate.faults
    faults.set(*call.parse(FaultList).faults)
    return {"faults": [fault.wire() for fault in faults.waiting]}


@FAMILY.get("/_sandbox/faults", sdk=RAW)
def list_faults(call: Call) -> Json:
    """The faults that can still strike."""
    return {"faults": [fault.wire() for fault in call.house.gate.faults.waiting]}


@FAMILY.delete("/_sandbox/faults", sdk=RAW)
def clear_faults(call: Call) -> Json:
    """Takes all faults away."""
    _admins_only(call)
    call.house.gate.faults.clear()
    return {"faults": []}


@FAMILY.get("/_sandbox/results/{statement_id}/{chunk_index}", sdk=RAW)
def result(call: Call) -> Answer:
    """One piece of a result, to which `external_links` lead."""
    statement = call.house.statements.get(call.path["statement_id"], call.caller)
    text = call.path["chunk_index"]
    if statement.state != "SUCCEEDED" or not text.isdecimal():
        raise CallRefusedError(404, "NOT_FOUND", "There is no such result.")
    found = statement.future.result()
    if statement.form == "CSV":
        return Reply(content=found.csv(int(text)), headers={"Content-Type": "text/csv"})
    return Reply(content=found.json(int(text)), headers={"Content-Type": "application/json"})
