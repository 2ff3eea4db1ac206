"""Secret scopes: their names, the names of their keys, and who may read them; no value leaves."""

from __future__ import annotations

from pydantic import BaseModel

from orchestrator.workspace.sandbox.call import Call
from orchestrator.workspace.sandbox.family import Family
from orchestrator.workspace.sandbox.problem import CallRefusedError
from orchestrator.workspace.sandbox.seed.part import Json
from orchestrator.workspace.sandbox.seed.secrets import Permission

FAMILY = Family(title="Secret scopes")


class AclBody(BaseModel):
    """The body that gives a permission on a scope."""

    scope: str
    principal: str
    permission: Permission


class GoneBody(BaseModel):
    """The body that takes a permission away."""

    scope: str
    principal: str


def _acls(call: Call, scope: str) -> dict[str, Permission]:
    """The permissions on a scope; 404 `RESOURCE_DOES_NOT_EXIST` where there is no such scope."""
    if scope not in call.state.secret_acls:
        raise CallRefusedError(404, "RESOURCE_DOES_NOT_EXIST", f"Scope {scope[:80]} does not exist!")
    return call.state.secret_acls[scope]


@FAMILY.get("/api/2.0/secrets/scopes/list", sdk="secrets.list_scopes")
def list_scopes(call: Call) -> Json:
    """The secret scopes."""
    return {"scopes": [{"name": name, "backend_type": "DATABRICKS"} for name in sorted(call.state.secret_acls)]}


@FAMILY.get("/api/2.0/secrets/list", sdk="secrets.list_secrets")
def list_secrets(call: Call) -> Json:
    """The names of the keys of a scope."""
    scope = call.text("scope")
    _acls(call, scope)
    return {
        "secrets": [
            {"key": key, "last_updated_timestamp": call.state.now} for key in call.state.seed.secrets[scope].keys
        ]
    }


@FAMILY.get("/api/2.0/secrets/acls/list", sdk="secrets.list_acls")
def list_acls(call: Call) -> Json:
    """Who may read, write or manage a scope."""
    found = _acls(call, call.text("scope"))
    return {"items": [{"principal": who, "permission": found[who]} for who in sorted(found)]}


@FAMILY.post("/api/2.0/secrets/acls/put", sdk="secrets.put_acl")
def put_acl(call: Call) -> Json:
    """Gives a principal a permission on a scope, in place of the one it has."""
    given = call.parse(AclBody)
    _acls(call, given.scope)[given.principal] = given.permission
    call.state.changed()
    return {}


@FAMILY.post("/api/2.0/secrets/acls/delete", sdk="secrets.delete_acl")
def delete_acl(call: Call) -> Json:
    """Takes a principal's permission on a scope away; 404 where it has none."""
    given = call.parse(GoneBody)
    found = _acls(call, given.scope)
    if given.principal not in found:
        raise CallRefusedError(404, "RESOURCE_DOES_NOT_EXIST", f"No ACL of {given.principal[:80]} on this scope")
    del found[given.principal]
    call.state.changed()
    return {}
