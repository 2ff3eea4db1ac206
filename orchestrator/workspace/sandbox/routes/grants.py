"""Grants on securables: direct and effective, whole or in pages, and their changes."""

from __future__ import annotations

from pydantic import BaseModel, Field

from orchestrator.workspace.sandbox.call import Call, Sizes
from orchestrator.workspace.sandbox.family import Family
from orchestrator.workspace.sandbox.grants import Effective
from orchestrator.workspace.sandbox.problem import denied, invalid
from orchestrator.workspace.sandbox.seed.part import Json
from orchestrator.workspace.sandbox.unity import Kind

FAMILY = Family(title="Grants")
_PLACE = "/{securable_type}/{full_name}"
WHOLE = Sizes(default=10_000, most=10_000)
PAGED = Sizes(parameter="page_size", default=100, most=1_000)
_KINDS = {"REGISTERED_MODEL": "MODEL"}


class PrivilegeChange(BaseModel):
    """What one principal gains and loses."""

    principal: str
    add: list[str] = Field(default_factory=list)
    remove: list[str] = Field(default_factory=list)


class PrivilegeChanges(BaseModel):
    """The body that changes grants."""

    changes: list[PrivilegeChange] = Field(default_factory=list)
    omit_permissions_in_response: bool = False


def place(call: Call) -> tuple[Kind, str]:
    """The securable that the path names.

    Raises:
        CallRefusedError: the type is unknown (400) or there is no such securable (404).
    """
    text = call.path["securable_type"].upper()
    text = _KINDS.get(text, text)
    name = call.path["full_name"]
    if text not in Kind.__members__ or text == Kind.RECIPIENT:
        raise invalid(f"SECURABLETYPE {text} is not valid; use one of {', '.join(Kind)}")
    kind = Kind(text)
    if kind is Kind.FUNCTION and name in call.state.unity.models:
        kind = Kind.MODEL
    if kind is Kind.METASTORE:
        return kind, ""
    if kind is Kind.SHARE:
        return kind, name
    return kind, call.state.unity.find(kind, name).full_name


def _let_read(call: Call, kind: Kind, name: str) -> None:
    if kind in {Kind.METASTORE, Kind.SHARE}:
        return
    securable = call.state.unity.find(kind, name)
    if not call.state.grants.sees(call.caller, securable):
        raise denied(f"User does not have MANAGE on {kind.capitalize()} '{name}' and is not its owner.")


def _direct(call: Call) -> list[tuple[str, list[str]]]:
    kind, name = place(call)
    _let_read(call, kind, name)
    wanted = call.query.get("principal")
    given = call.state.grants.direct(kind, name)
    return [(who, what) for who, what in given.items() if what and wanted in {None, who}]


def _effective(call: Call) -> list[tuple[str, list[Effective]]]:
    kind, name = place(call)
    _let_read(call, kind, name)
    wanted = call.query.get("principal")
    found: dict[str, list[Effective]] = {}
    for item in call.state.grants.effective(kind, name):
        if wanted in {None, item.principal}:
            found.setdefault(item.principal, []).append(item)
    return list(found.items())


def _assignment(item: tuple[str, list[str]]) -> Json:
    return {"principal": item[0], "privileges": list(item[1])}


def _effective_assignment(item: tuple[str, list[Effective]]) -> Json:
    return {"principal": item[0], "privileges": [_privilege(privilege) for privilege in item[1]]}


def _privilege(item: Effective) -> Json:
    answer: Json = {"privilege": item.privilege}
    if item.inherited_kind is not None:
        answer |= {"inherited_from_type": item.inherited_kind.value, "inherited_from_name": item.inherited_from}
    return answer


@FAMILY.get("/api/2.1/unity-catalog/permissions" + _PLACE, sdk="grants.get")
def get_grants(call: Call) -> Json:
    """The grants on the securable itself, of all or of one `principal`."""
    return call.page(_direct(call), _assignment, key="privilege_assignments", sizes=WHOLE)


@FAMILY.get("/api/2.1/unity-catalog/privilege-assignments" + _PLACE, sdk="grants.list")
def list_grants(call: Call) -> Json:
    """The same in pages."""
    return call.page(_direct(call), _assignment, key="privilege_assignments", sizes=PAGED)


@FAMILY.get("/api/2.1/unity-catalog/effective-permissions" + _PLACE, sdk="grants.get_effective")
def get_effective(call: Call) -> Json:
    """The grants on the securable and above it, each with where it is inherited from; groups stay groups."""
    return call.page(_effective(call), _effective_assignment, key="privilege_assignments", sizes=WHOLE)


@FAMILY.get("/api/2.1/unity-catalog/effective-privilege-assignments" + _PLACE, sdk="grants.list_effective")
def list_effective(call: Call) -> Json:
    """The same in pages."""
    return call.page(_effective(call), _effective_assignment, key="effective_privilege_assignments", sizes=PAGED)


@FAMILY.patch("/api/2.1/unity-catalog/permissions" + _PLACE, sdk="grants.update")
def update_grants(call: Call) -> Json:
    """Grants and revokes, then answers the grants on the securable; needs ownership or MANAGE."""
    kind, name = place(call)
    state = call.state
    if kind not in {Kind.METASTORE, Kind.SHARE}:
        state.grants.require_manage(call.caller, state.unity.find(kind, name))
    elif not state.people.is_admin(call.caller):
        raise denied(f"User is not an owner of {kind.capitalize()} '{name}'.")
    given = call.parse(PrivilegeChanges)
    for change in given.changes:
        state.grants.change(kind, name, change.principal, add=change.add, remove=change.remove)
    state.changed()
    if given.omit_permissions_in_response:
        return {}
    return {"privilege_assignments": [_assignment(item) for item in state.grants.direct(kind, name).items()]}
