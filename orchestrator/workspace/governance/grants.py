"""Grants: who holds which privilege on an object, directly or from above, and the setting that changes them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.errors import WorkspaceError
from orchestrator.workspace.changes import Goal, State
from orchestrator.workspace.connection import Workspace
from orchestrator.workspace.governance.securables import Securable
from orchestrator.workspace.records import Record

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient
    from databricks.sdk.service.catalog import EffectivePrivilegeAssignment, PrivilegeAssignment

WIDE = frozenset({"account users", "users"})
"""Groups that hold every user of the account or of the workspace."""
POWERFUL = frozenset({"ALL_PRIVILEGES", "MANAGE"})
HARMLESS = frozenset({"BROWSE", "USE_CATALOG", "USE_SCHEMA"})
"""Privileges that show or open a container and give no data by themselves."""


class Grant(Record):
    """One privilege of one principal."""

    principal: str
    privilege: str
    on: str
    """the kind and full name of the object that it was granted on, as `schema main.sales`"""
    inherited: bool
    """it was granted on an object above the one that was asked about"""


def direct(client: WorkspaceClient, of: Securable, principal: str | None = None) -> Iterator[Grant]:
    """The privileges granted on the object itself, page by page."""
    for item in client.grants.list(of.kind, of.name, principal=principal):
        yield from _direct(item, of)


def effective(client: WorkspaceClient, of: Securable, principal: str | None = None) -> Iterator[Grant]:
    """The privileges that hold on the object, granted on it or on what is above it, page by page."""
    for item in client.grants.list_effective(of.kind, of.name, principal=principal):
        yield from _effective(item, of)


def _direct(item: PrivilegeAssignment, of: Securable) -> Iterator[Grant]:
    for privilege in item.privileges or ():
        yield Grant(principal=item.principal or "", privilege=privilege.value, on=str(of), inherited=False)


def _effective(item: EffectivePrivilegeAssignment, of: Securable) -> Iterator[Grant]:
    for held in item.privileges or ():
        if held.privilege is None:
            continue
        kind = held.inherited_from_type.value.lower() if held.inherited_from_type else None
        above = f"{kind} {held.inherited_from_name}" if kind and held.inherited_from_name else None
        yield Grant(
            principal=item.principal or "",
            privilege=held.privilege.value,
            on=above or str(of),
            inherited=above not in {None, str(of)},
        )


@dataclass(frozen=True, kw_only=True)
class GrantSetting:
    """The privileges that a principal holds directly on an object: none is an empty state, never None."""

    of: Securable
    principal: str

    @property
    def subject(self) -> str:
        """What is set."""
        return f"privileges of {self.principal} on {self.of}"

    def read(self, workspace: Workspace) -> State:
        """The privileges, sorted."""
        found = workspace.ask(
            f"read the grants of {self.of}",
            lambda client: {
                grant.privilege
                for grant in direct(client, self.of, self.principal)
                if grant.principal.lower() == self.principal.lower()
            },
            privilege="MANAGE on it or ownership",
        )
        return tuple(sorted(found))

    def write(self, workspace: Workspace, before: State, after: State) -> None:
        """Grant what is added and revoke what is gone, in one request."""
        add, remove = _difference(before, after)

        def change(client: WorkspaceClient) -> None:
            from databricks.sdk.service.catalog import PermissionsChange, Privilege

            changes = PermissionsChange(
                principal=self.principal,
                add=[Privilege(item) for item in add],
                remove=[Privilege(item) for item in remove],
            )
            client.grants.update(self.of.kind, self.of.name, changes=[changes])

        workspace.ask(
            f"change the grants of {self.principal} on {self.of}", change, privilege="MANAGE on it or ownership"
        )

    def call(self, before: State, after: State) -> str:
        """The REST call."""
        add, remove = _difference(before, after)
        body = {"changes": [{"principal": self.principal, "add": add, "remove": remove}]}
        return f"PATCH /api/2.1/unity-catalog/permissions/{self.of.kind}/{self.of.name} {json.dumps(body)}"


def privilege_name(text: str) -> str:
    """The SDK's name of a privilege: `USE CATALOG` and `use_catalog` are `USE_CATALOG`.

    Raises:
        WorkspaceError: there is no such privilege.
    """
    from databricks.sdk.service.catalog import Privilege

    name = "_".join(text.strip().upper().replace("_", " ").split())
    known = {item.value for item in Privilege}
    if name not in known:
        near = sorted(item for item in known if name[:4] and name[:4] in item)[:6]
        hint = f"; near it: {', '.join(near)}" if near else ""
        raise WorkspaceError(f"{text[:60]!r} is no privilege of Unity Catalog{hint}")
    return name


def granting(of: Securable, principal: str, privileges: frozenset[str]) -> Goal:
    """The goal that the principal holds these privileges too."""
    return Goal(
        setting=GrantSetting(of=of, principal=principal), wanted=lambda now: _sorted({*(now or ()), *privileges})
    )


def revoking(of: Securable, principal: str, privileges: frozenset[str]) -> Goal:
    """The goal that the principal holds none of these privileges directly."""
    return Goal(
        setting=GrantSetting(of=of, principal=principal), wanted=lambda now: _sorted({*(now or ())} - privileges)
    )


def _sorted(privileges: set[str]) -> State:
    return tuple(sorted(privileges))


def _difference(before: State, after: State) -> tuple[list[str], list[str]]:
    had, has = set(before or ()), set(after or ())
    return sorted(has - had), sorted(had - has)
