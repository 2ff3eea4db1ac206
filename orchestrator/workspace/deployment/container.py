"""A schema or volume that a bundle declares: made where it is missing, never emptied."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from orchestrator.workspace.changes import State
from orchestrator.workspace.connection import Workspace
from orchestrator.workspace.governance.grants import direct
from orchestrator.workspace.governance.securables import Securable

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient

_COMMENT, _GRANT = "comment: ", "grant "
_API = "/api/2.1/unity-catalog"


@dataclass(frozen=True, kw_only=True)
class ContainerSetting:
    """Comment and direct grants of a schema or managed volume; None where it does not exist.

    Only the principals of `granted` are looked at: the grants of others are not the bundle's. Its way back to None
    deletes it, and the workspace refuses that once it holds something.
    """

    kind: Literal["schema", "volume"]
    name: str
    granted: tuple[str, ...] = ()

    @property
    def subject(self) -> str:
        """What is set."""
        return f"{self.kind} {self.name}"

    def read(self, workspace: Workspace) -> State:
        """The comment and the grants, a line each."""
        return workspace.ask(f"read the {self.subject}", self._state, privilege=f"a privilege on the {self.kind}")

    def write(self, workspace: Workspace, before: State, after: State) -> None:
        """Make it, change it, or delete it while it is empty."""
        verb = "delete" if after is None else "change" if before is not None else "make"

        def change(client: WorkspaceClient) -> None:
            if after is None:
                self._delete(client)
                return
            if self._state(client) is None:
                self._create(client, _comment(after))
            elif _comment(after) != _comment(before):
                self._describe(client, _comment(after))
            self._grant(client, self._state(client) or (), after)

        needed = "CREATE SCHEMA on the catalog" if self.kind == "schema" else "CREATE VOLUME on the schema"
        workspace.ask(f"{verb} the {self.subject}", change, privilege=f"{needed}, or ownership of it")

    def call(self, before: State, after: State) -> str:
        """The REST calls."""
        path = f"{_API}/{self.kind}s"
        if after is None:
            return f"DELETE {path}/{self.name}"
        comment = json.dumps({"comment": _comment(after)})
        first = f"PATCH {path}/{self.name} {comment}" if before is not None else f"POST {path} {self.name} {comment}"
        grants = [line for line in after if line.startswith(_GRANT)]
        return (
            f"{first}, then PATCH {_API}/permissions/{self.kind}/{self.name}: {'; '.join(grants)}" if grants else first
        )

    def _state(self, client: WorkspaceClient) -> State:
        from databricks.sdk.errors import NotFound

        try:
            found = client.schemas.get(self.name) if self.kind == "schema" else client.volumes.read(self.name)
        except NotFound:
            return None
        held: dict[str, list[str]] = {}
        for grant in direct(client, Securable(kind=self.kind, name=self.name)) if self.granted else ():
            held.setdefault(grant.principal, []).append(grant.privilege)
        return container_state(found.comment or "", {name: held.get(name, []) for name in self.granted})

    def _create(self, client: WorkspaceClient, comment: str) -> None:
        from databricks.sdk.service.catalog import VolumeType

        parent, _, name = self.name.rpartition(".")
        if self.kind == "schema":
            client.schemas.create(name, parent, comment=comment or None)
        else:
            catalog, _, schema = parent.partition(".")
            client.volumes.create(catalog, schema, name, VolumeType.MANAGED, comment=comment or None)

    def _describe(self, client: WorkspaceClient, comment: str) -> None:
        if self.kind == "schema":
            client.schemas.update(self.name, comment=comment)
        else:
            client.volumes.update(self.name, comment=comment)

    def _delete(self, client: WorkspaceClient) -> None:
        if self.kind == "schema":
            client.schemas.delete(self.name)
        else:
            client.volumes.delete(self.name)

    def _grant(self, client: WorkspaceClient, now: tuple[str, ...], after: tuple[str, ...]) -> None:
        from databricks.sdk.service.catalog import PermissionsChange, Privilege

        have, want = _grants(now), _grants(after)
        changes = [
            PermissionsChange(
                principal=name,
                add=[Privilege(item) for item in sorted(want.get(name, set()) - have.get(name, set()))],
                remove=[Privilege(item) for item in sorted(have.get(name, set()) - want.get(name, set()))],
            )
            for name in sorted({*have, *want})
            if have.get(name) != want.get(name)
        ]
        if changes:
            client.grants.update(self.kind, self.name, changes=changes)


def container_state(comment: str, grants: Mapping[str, list[str]]) -> tuple[str, ...]:
    """The state of a container with that comment and those privileges of each principal."""
    held = [f"{_GRANT}{name}: {', '.join(sorted(grants[name]))}" for name in sorted(grants) if grants[name]]
    return (f"{_COMMENT}{comment}", *held)


def _comment(state: State) -> str:
    return next((line.removeprefix(_COMMENT) for line in state or () if line.startswith(_COMMENT)), "")


def _grants(state: tuple[str, ...]) -> dict[str, set[str]]:
    found = {}
    for line in state:
        if line.startswith(_GRANT):
            name, _, privileges = line.removeprefix(_GRANT).rpartition(": ")
            found[name] = set(privileges.split(", "))
    return found
