"""Users, groups and service principals, as SCIM has them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from orchestrator.workspace.sandbox.call import Call
from orchestrator.workspace.sandbox.family import Family
from orchestrator.workspace.sandbox.people import stable_number
from orchestrator.workspace.sandbox.problem import CallRefusedError, invalid
from orchestrator.workspace.sandbox.seed.part import Json
from orchestrator.workspace.sandbox.state import State

FAMILY = Family(title="Current user, users, groups and service principals")
_SCIM = "/api/2.0/preview/scim/v2"
_USER_SCHEMA = "urn:ietf:params:scim:schemas:core:2.0:User"
_GROUP_SCHEMA = "urn:ietf:params:scim:schemas:core:2.0:Group"
_PRINCIPAL_SCHEMA = "urn:ietf:params:scim:schemas:core:2.0:ServicePrincipal"
_LIST_SCHEMA = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
_FILTER = re.compile(r'\s*(?P<field>[\w.]+)\s+(?P<operator>eq|co|sw)\s+"?(?P<value>[^"]*)"?\s*', re.IGNORECASE)


def user_id(name: str) -> str:
    """The SCIM id of a user."""
    return str(stable_number("user", name))


def _groups(state: State, name: str) -> list[Json]:
    found = [group for group, members in state.people.groups.items() if name in members]
    return [{"display": group, "value": _group_id(group), "type": "direct"} for group in sorted(found)]


def _group_id(name: str) -> str:
    return str(stable_number("group", name))


def user_wire(state: State, name: str) -> Json:
    """The user as SCIM has it."""
    seed = state.people.seed.users.get(name)
    shown = (seed.display_name if seed else None) or name.partition("@")[0]
    return {
        "id": user_id(name),
        "userName": name,
        "displayName": shown,
        "active": state.people.is_active(name),
        "emails": [{"type": "work", "value": name, "primary": True}],
        "groups": _groups(state, name),
        "schemas": [_USER_SCHEMA],
    }


def group_wire(state: State, name: str) -> Json:
    """The group as SCIM has it, with its members."""
    members = [_member(state, member) for member in state.people.groups[name]]
    return {
        "id": _group_id(name),
        "displayName": name,
        "members": members,
        "groups": _groups(state, name),
        "meta": {"resourceType": "WorkspaceGroup" if name == "admins" else "Group"},
        "schemas": [_GROUP_SCHEMA],
    }


def _member(state: State, name: str) -> Json:
    if name in state.people.groups:
        return {"display": name, "value": _group_id(name), "$ref": f"Groups/{_group_id(name)}"}
    if name in state.people.seed.service_principals:
        number = str(stable_number("service-principal", name))
        return {"display": name, "value": number, "$ref": f"ServicePrincipals/{number}"}
    return {"display": name, "value": user_id(name), "$ref": f"Users/{user_id(name)}"}


def principal_wire(state: State, name: str) -> Json:
    """The service principal as SCIM has it."""
    return {
        "id": str(stable_number("service-principal", name)),
        "applicationId": state.people.seed.service_principals[name],
        "displayName": name,
        "active": True,
        "groups": _groups(state, name),
        "schemas": [_PRINCIPAL_SCHEMA],
    }


def _listed(call: Call, names: Sequence[str], wire: Callable[[State, str], Json]) -> Json:
    """One page of a SCIM listing: `startIndex` counts from 1."""
    every = [entry for entry in (wire(call.state, name) for name in names) if _fits(entry, call.query.get("filter"))]
    start, count = max(call.number("startIndex", 1), 1), min(call.number("count", 100), 10_000)
    shown = every[start - 1 : start - 1 + count]
    return {
        "totalResults": len(every),
        "startIndex": start,
        "itemsPerPage": len(shown),
        "schemas": [_LIST_SCHEMA],
        "Resources": shown,
    }


def _fits(entry: Json, condition: str | None) -> bool:
    if not condition:
        return True
    found = _FILTER.fullmatch(condition)
    if found is None:
        raise invalid(f'The filter {condition[:60]!r} is not supported; write: userName eq "name"')
    value, wanted = str(entry.get(found["field"], "")).lower(), found["value"].lower()
    match found["operator"].lower():
        case "eq":
            return value == wanted
        case "co":
            return wanted in value
        case _:
            return value.startswith(wanted)


def _one(call: Call, names: Sequence[str], wire: Callable[[State, str], Json], what: str) -> Json:
    for name in names:
        entry = wire(call.state, name)
        if entry["id"] == call.path["id"]:
            return entry
    raise CallRefusedError(404, "RESOURCE_DOES_NOT_EXIST", f"{what} with id {call.path['id'][:40]} not found.")


@FAMILY.get(f"{_SCIM}/Me", sdk="current_user.me")
def me(call: Call) -> Json:
    """The user whose token it is."""
    if call.caller in call.state.people.seed.service_principals:
        found = principal_wire(call.state, call.caller)
        return {**found, "userName": found.pop("applicationId"), "schemas": [_USER_SCHEMA]}
    return user_wire(call.state, call.caller)


@FAMILY.get(f"{_SCIM}/Users", sdk="users_v2.list")
def list_users(call: Call) -> Json:
    """The users, with `filter` of the form `userName eq "..."`, by `startIndex` and `count`."""
    return _listed(call, call.state.people.users, user_wire)


@FAMILY.get(f"{_SCIM}/Users/{{id}}", sdk="users_v2.get")
def get_user(call: Call) -> Json:
    """One user."""
    return _one(call, call.state.people.users, user_wire, "User")


@FAMILY.get(f"{_SCIM}/Groups", sdk="groups_v2.list")
def list_groups(call: Call) -> Json:
    """The groups with their members."""
    return _listed(call, sorted(call.state.people.groups), group_wire)


@FAMILY.get(f"{_SCIM}/Groups/{{id}}", sdk="groups_v2.get")
def get_group(call: Call) -> Json:
    """One group."""
    return _one(call, sorted(call.state.people.groups), group_wire, "Group")


@FAMILY.get(f"{_SCIM}/ServicePrincipals", sdk="service_principals_v2.list")
def list_principals(call: Call) -> Json:
    """The service principals."""
    return _listed(call, sorted(call.state.people.seed.service_principals), principal_wire)


@FAMILY.get(f"{_SCIM}/ServicePrincipals/{{id}}", sdk="service_principals_v2.get")
def get_principal(call: Call) -> Json:
    """One service principal."""
    return _one(call, sorted(call.state.people.seed.service_principals), principal_wire, "Service principal")
