"""Who sees clear values: groups, and principals that are no group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.errors import UsageError
from orchestrator.workflows.commands.site import Site
from orchestrator.workspace.governance.people import is_person, people

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient


@dataclass(frozen=True, kw_only=True)
class Spared:
    """Groups and other principals that a mask leaves out; `members` are all behind them, in lower case."""

    groups: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    members: frozenset[str] = frozenset()

    @property
    def names(self) -> tuple[str, ...]:
        """All of them."""
        return (*self.groups, *self.others)

    def sees(self, principal: str) -> bool:
        """Whether the principal sees clear values."""
        name = principal.lower()
        return name in self.members or name in {each.lower() for each in self.names}


def spared(names: Sequence[str], site: Site) -> Spared:
    """The principals of `--except`.

    Raises:
        UsageError: one is no group, user or service principal of the workspace.
    """
    if not names:
        return Spared()
    members = people(site.workspace)
    services = site.workspace.ask("list the service principals", _services)
    groups = tuple(name for name in names if name.lower() in members.groups)
    others = tuple(name for name in names if name.lower() not in members.groups)
    for name in others:
        known = members.active is not None and name.lower() in members.active
        if name.lower() not in services and not known:
            kind = "user" if is_person(name) else "group or service principal"
            raise UsageError(f"except: there is no {kind} {name[:80]!r} in the workspace, so nobody would be spared")
    behind = (members.behind(name) or frozenset() for name in groups)
    return Spared(groups=groups, others=others, members=frozenset().union(*behind))


def _services(client: WorkspaceClient) -> frozenset[str]:
    """The application ids and names of service principals, in lower case."""
    found = client.service_principals.list(attributes="id,applicationId,displayName")
    return frozenset(name.lower() for each in found for name in (each.application_id, each.display_name) if name)
