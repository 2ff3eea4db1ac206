"""SET TAG ON and UNSET TAG ON, and COMMENT ON."""

from __future__ import annotations

from orchestrator.workspace.sandbox.tagging import COLUMN, ENTITY_TYPES
from orchestrator.workspace.sandbox.unity import Kind
from orchestrator.workspace.sandbox.warehouse.commands import Command, Order
from orchestrator.workspace.sandbox.warehouse.commands.targets import target
from orchestrator.workspace.sandbox.warehouse.session import Outcome


def _run(order: Order) -> Outcome:
    if order.head == "COMMENT ON":
        return _comment(order)
    reader, state = order.reader, order.session.state
    entity_type, name = _entity(order)
    key = reader.word()
    value = ""
    if order.head == "SET TAG ON" and reader.accept("="):
        value = reader.word()
    reader.end()
    if order.head == "SET TAG ON":
        state.tags.put(entity_type, name, key, value, by=order.session.caller, at=state.now)
    else:
        state.tags.remove(entity_type, name, key)
    state.changed()
    return Outcome()


def _entity(order: Order) -> tuple[str, str]:
    reader, state = order.reader, order.session.state
    if reader.accept("COLUMN"):
        entity_type, name = COLUMN, reader.name()
        kind, securable = state.tags.check_entity(COLUMN, name)
    else:
        kind, securable = target(reader, order.session)
        entity_type, name = ENTITY_TYPES[kind], securable
    found = state.unity.find(kind, securable)
    if not state.grants.allows(order.session.caller, "APPLY_TAG", found):
        state.grants.require(order.session.caller, "APPLY_TAG", found)
    return entity_type, name


def _comment(order: Order) -> Outcome:
    reader, state = order.reader, order.session.state
    kind, name = target(reader, order.session)
    reader.expect("IS")
    comment = "" if reader.accept("NULL") else reader.value()
    reader.end()
    state.grants.require_manage(order.session.caller, state.unity.find(kind, name))
    state.unity.change(Kind(kind), name, comment=comment)
    state.changed()
    return Outcome()


COMMAND = Command(heads=("SET TAG ON", "UNSET TAG ON", "COMMENT ON"), run=_run)
