"""OPTIMIZE, REORG TABLE, VACUUM and ANALYZE TABLE: recorded in the history of the table."""

from __future__ import annotations

from orchestrator.workspace.sandbox.unity import Kind
from orchestrator.workspace.sandbox.warehouse.commands import Command, Order
from orchestrator.workspace.sandbox.warehouse.commands.targets import named
from orchestrator.workspace.sandbox.warehouse.history import record
from orchestrator.workspace.sandbox.warehouse.session import Outcome


def _run(order: Order) -> Outcome:
    reader, session = order.reader, order.session
    _, name = named(Kind.TABLE, reader.name(), session)
    clause = reader.rest().upper()
    session.state.grants.require(session.caller, "MODIFY", session.state.unity.tables.get(name))
    if "DRY RUN" not in clause:
        for operation in {"VACUUM": ("VACUUM START", "VACUUM END")}.get(order.head, (order.head.partition(" ")[0],)):
            record(session, name, operation)
    if order.head == "ANALYZE TABLE":
        return Outcome()
    return Outcome.of({"path": "STRING"}, [])


COMMAND = Command(heads=("OPTIMIZE", "REORG TABLE", "VACUUM", "ANALYZE TABLE"), run=_run)
