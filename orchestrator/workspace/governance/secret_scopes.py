"""Secret scopes: the names of their keys, and who may read them, as settings; no secret is ever read."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.workspace.changes import State
from orchestrator.workspace.connection import Workspace
from orchestrator.workspace.records import Record

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient

_NEEDED = "MANAGE on the scope"


class ScopeReader(Record):
    """A principal with its permission on a scope: READ, WRITE or MANAGE; each lets it read every key."""

    scope: str
    principal: str
    permission: str


@dataclass(frozen=True, kw_only=True)
class Scope:
    """A secret scope: the names of its keys, and who may read them."""

    name: str
    keys: tuple[str, ...]
    readers: tuple[ScopeReader, ...]


def scope(workspace: Workspace, name: str) -> Scope:
    """The scope of that name.

    Raises:
        WorkspaceError: there is none, or it cannot be read.
    """
    keys = workspace.ask(
        f"list the keys of the secret scope {name[:80]!r}",
        lambda client: tuple(sorted(each.key or "" for each in client.secrets.list_secrets(name))),
        privilege="READ on the scope",
    )
    return Scope(name=name, keys=keys, readers=_readers(workspace, name))


def _readers(workspace: Workspace, name: str) -> tuple[ScopeReader, ...]:
    return workspace.ask(
        f"list who may read the secret scope {name[:80]!r}",
        lambda client: tuple(
            ScopeReader(scope=name, principal=each.principal, permission=each.permission.value)
            for each in client.secrets.list_acls(name)
        ),
        privilege=_NEEDED,
    )


@dataclass(frozen=True, kw_only=True)
class ScopeAccess:
    """The permission of a principal on a secret scope; None where it has none."""

    scope: str
    principal: str

    @property
    def subject(self) -> str:
        """What is set."""
        return f"permission of {self.principal} on secret scope {self.scope}"

    def read(self, workspace: Workspace) -> State:
        """The permission."""
        found = {each.principal: each.permission for each in _readers(workspace, self.scope)}
        return (found[self.principal],) if self.principal in found else None

    def write(self, workspace: Workspace, before: State, after: State) -> None:
        """Give, change or take it away."""
        del before

        def change(client: WorkspaceClient) -> None:
            from databricks.sdk.service.workspace import AclPermission

            if after is None:
                client.secrets.delete_acl(self.scope, self.principal)
            else:
                client.secrets.put_acl(self.scope, self.principal, AclPermission(after[0]))

        workspace.ask(f"set the {self.subject}", change, privilege=_NEEDED)

    def call(self, before: State, after: State) -> str:
        """The REST call."""
        del before
        body = {"scope": self.scope, "principal": self.principal}
        if after is None:
            return f"POST /api/2.0/secrets/acls/delete {json.dumps(body)}"
        return f"POST /api/2.0/secrets/acls/put {json.dumps({**body, 'permission': after[0]})}"
