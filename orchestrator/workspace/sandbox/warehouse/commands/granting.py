"""GRANT, REVOKE and SHOW GRANTS."""

from __future__ import annotations

from orchestrator.workspace.sandbox.grants import ALL
from orchestrator.workspace.sandbox.problem import denied
from orchestrator.workspace.sandbox.unity import Kind
from orchestrator.workspace.sandbox.warehouse.commands import Command, Order
from orchestrator.workspace.sandbox.warehouse.commands.targets import target
from orchestrator.workspace.sandbox.warehouse.session import Outcome

_SHOWN = {"Principal": "STRING", "ActionType": "STRING", "ObjectType": "STRING", "ObjectKey": "STRING"}


def _run(order: Order) -> Outcome:
    reader, state = order.reader, order.session.state
    if order.head == "SHOW GRANTS":
        return _show(order)
    privileges = _privileges(order)
    reader.expect("ON")
    kind, name = target(reader, order.session)
    reader.expect("TO" if order.head == "GRANT" else "FROM")
    reader.accept("RECIPIENT")
    principal = reader.name()
    reader.end()
    if kind not in {Kind.SHARE, Kind.METASTORE}:
        state.grants.require_manage(order.session.caller, state.unity.find(kind, name))
    elif not state.people.is_admin(order.session.caller):
        raise denied(f"User is not an owner of {kind.capitalize()} '{name}'.")
    given, taken = (privileges, []) if order.head == "GRANT" else ([], privileges)
    if kind is Kind.SHARE:
        state.sharing.change(name, principal, add=bool(given))
    else:
        state.grants.change(kind, name, principal, add=given, remove=taken)
    state.changed()
    return Outcome()


def _privileges(order: Order) -> list[str]:
    """The privileges that come next, as the REST interface spells them."""
    found = [_privilege(order)]
    while order.reader.accept(","):
        found.append(_privilege(order))
    return found


def _privilege(order: Order) -> str:
    words = order.reader.until(",", "ON").upper().split()
    return ALL if words[:1] == ["ALL"] else "_".join(words)


def _show(order: Order) -> Outcome:
    reader, state = order.reader, order.session.state
    principal = None if reader.accept("ON") else reader.name()
    if principal is not None:
        reader.expect("ON")
    kind, name = target(reader, order.session)
    reader.end()
    rows: list[tuple[object, ...]] = [
        (
            item.principal,
            item.privilege.replace("_", " "),
            (item.inherited_kind or kind).value,
            item.inherited_from or name,
        )
        for item in state.grants.effective(kind, name)
        if principal in {None, item.principal}
    ]
    return Outcome.of(_SHOWN, rows)


COMMAND = Command(heads=("GRANT", "REVOKE", "SHOW GRANTS", "SHOW GRANT"), run=_run)
