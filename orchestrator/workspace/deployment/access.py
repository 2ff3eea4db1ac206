"""Who may see, run or manage a job or pipeline of a bundle."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.errors import WorkspaceError
from orchestrator.workspace.changes import State
from orchestrator.workspace.connection import Workspace
from orchestrator.workspace.deployment.resource import Kind, named

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient
    from databricks.sdk.service.iam import AccessControlRequest, AccessControlResponse

OWNER = "IS_OWNER"
_HOLDERS = ("user_name", "group_name", "service_principal_name")
_NEEDED = "CAN MANAGE on it"


@dataclass(frozen=True, kw_only=True)
class AccessSetting:
    """The permissions on a job or pipeline but its owner's and the inherited ones: `group_name analysts CAN_VIEW`.

    One that is not deployed has none.
    """

    kind: Kind
    name: str
    bundle: str

    @property
    def subject(self) -> str:
        """What is set."""
        return f"permissions on {self.kind} {self.name}"

    def read(self, workspace: Workspace) -> State:
        """The permissions, sorted."""
        found = workspace.ask(f"read the {self.subject}", self._entries, privilege=_NEEDED)
        return tuple(sorted(each for each in found if not each.endswith(f" {OWNER}")))

    def write(self, workspace: Workspace, before: State, after: State) -> None:
        """Put these permissions in place of all others; the owner stays.

        Raises:
            WorkspaceError: it is not deployed.
        """
        del before

        def change(client: WorkspaceClient) -> None:
            identifier = self._id(client)
            if identifier is None and after:
                raise WorkspaceError(f"{self.kind} {self.name} is not deployed")
            if identifier is not None:
                owners = [each for each in self._entries(client) if each.endswith(f" {OWNER}")]
                entries = [_request(each) for each in (*owners, *(after or ()))]
                client.permissions.set(f"{self.kind}s", identifier, access_control_list=entries)

        workspace.ask(f"set the {self.subject}", change, privilege=_NEEDED)

    def call(self, before: State, after: State) -> str:
        """The REST call."""
        del before
        return f"PUT /api/2.0/permissions/{self.kind}s/ID {json.dumps(list(after or ()))} and the owner"

    def _id(self, client: WorkspaceClient) -> str | None:
        found = [each.id for each in named(client, self.kind, self.name) if each.bundle == self.bundle]
        return found[0] if found else None

    def _entries(self, client: WorkspaceClient) -> tuple[str, ...]:
        identifier = self._id(client)
        if identifier is None:
            return ()
        found = client.permissions.get(f"{self.kind}s", identifier).access_control_list or []
        return tuple(text for entry in found for text in _texts(entry))


def _texts(entry: AccessControlResponse) -> Iterator[str]:
    holder, name = next(((kind, value) for kind in _HOLDERS if (value := getattr(entry, kind))), ("", ""))
    for held in entry.all_permissions or ():
        if held.permission_level is not None and not held.inherited:
            yield f"{holder} {name} {held.permission_level.value}"


def _request(text: str) -> AccessControlRequest:
    from databricks.sdk.service.iam import AccessControlRequest, PermissionLevel

    holder, _, rest = text.partition(" ")
    name, _, level = rest.rpartition(" ")
    given = {each: name if each == holder else None for each in _HOLDERS}
    return AccessControlRequest(**given, permission_level=PermissionLevel(level))
