"""Who is behind a principal: the user itself, the members of a group with those of its groups, or everybody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from orchestrator.workspace.connection import Workspace
from orchestrator.workspace.governance.grants import WIDE

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient

_UUID_DASHES = 4


@dataclass(frozen=True, kw_only=True)
class People:
    """The members of groups, by lower-case name of the group, with nested groups followed; and the users who may sign
    in, or None where they are not known."""

    groups: Mapping[str, frozenset[str]]
    active: frozenset[str] | None = None

    def has_left(self, principal: str) -> bool:
        """Whether it is a user that the workspace has no more, or that may not sign in."""
        return self.active is not None and is_person(principal) and principal.lower() not in self.active

    def behind(self, principal: str) -> frozenset[str] | None:
        """The users and service principals in lower case; None where they cannot be known."""
        name = principal.lower()
        if is_person(name) or name.count("-") == _UUID_DASHES:
            return frozenset({name})
        return self.groups.get(name)

    @staticmethod
    def everybody(principal: str) -> bool:
        """Whether it is a group that holds every user."""
        return principal.lower() in WIDE


def is_person(principal: str) -> bool:
    """Whether the principal is one user: users are named by their e-mail address."""
    return "@" in principal


def people(workspace: Workspace) -> People:
    """The groups of the workspace with their members.

    Raises:
        WorkspaceError: the groups cannot be read.
    """
    return workspace.ask("read the members of groups", _read, privilege="workspace admin")


def _read(client: WorkspaceClient) -> People:
    users = list(client.users.list(attributes="id,userName,active"))
    names = {user.id or "": (user.user_name or "").lower() for user in users}
    active = frozenset((user.user_name or "").lower() for user in users if user.active is not False)
    for item in client.service_principals.list(attributes="id,applicationId"):
        names[item.id or ""] = (item.application_id or "").lower()
    groups: dict[str, str] = {}
    members: dict[str, tuple[str, ...]] = {}
    for group in client.groups.list(attributes="id,displayName,members"):
        identifier = group.id or ""
        groups[identifier] = (group.display_name or "").lower()
        members[identifier] = tuple(member.value or "" for member in group.members or ())
    return replace(resolved(names, groups, members), active=active)


def resolved(names: Mapping[str, str], groups: Mapping[str, str], members: Mapping[str, tuple[str, ...]]) -> People:
    """The members by group name: `names` and `groups` by id, `members` from a group's id to the ids in it."""
    found: dict[str, frozenset[str]] = {}
    for identifier, name in groups.items():
        inside, ahead = {identifier}, [identifier]
        while ahead:
            new = [item for item in members.get(ahead.pop(), ()) if item not in inside]
            inside.update(new)
            ahead += new
        found[name] = frozenset(names[item] for item in inside if names.get(item))
    return People(groups=found)
