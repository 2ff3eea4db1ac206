"""Who is in the workspace: users, service principals, groups, and who belongs to which group."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import NAMESPACE_URL, uuid5

from orchestrator.workspace.sandbox.seed.people import PeopleSeed

EVERYONE = frozenset({"account users", "users"})
"""Groups that every principal belongs to and that no seed lists."""
ADMINS = "admins"


def stable_id(*parts: str) -> str:
    """A UUID that depends on the parts alone."""
    return str(uuid5(NAMESPACE_URL, "sandbox:" + "/".join(parts)))


def stable_number(*parts: str) -> int:
    """A positive number of up to 15 digits that depends on the parts alone."""
    return uuid5(NAMESPACE_URL, "sandbox:" + "/".join(parts)).int % 900_000_000_000_000 + 1_000


@dataclass(kw_only=True)
class People:
    """The principals of one workspace; `admin` may do everything."""

    seed: PeopleSeed
    admin: str
    groups: dict[str, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.groups = {name: list(members) for name, members in self.seed.groups.items()}
        self.groups.setdefault(ADMINS, [])
        if self.admin not in self.groups[ADMINS]:
            self.groups[ADMINS].append(self.admin)

    @property
    def users(self) -> tuple[str, ...]:
        """The e-mail addresses of all users, the admin first."""
        return tuple(dict.fromkeys((self.admin, *self.seed.users)))

    def knows(self, principal: str) -> bool:
        """Whether there is such a user, service principal or group."""
        return (
            principal in EVERYONE
            or principal in self.groups
            or principal in self.users
            or principal in self.seed.service_principals
            or principal in self.seed.service_principals.values()
        )

    def is_active(self, user: str) -> bool:
        """Whether the user has not left."""
        found = self.seed.users.get(user)
        return found is None or found.active

    def identities(self, principal: str) -> frozenset[str]:
        """The principal with every group it belongs to, directly or through another group."""
        found = {principal, *EVERYONE}
        application = self.seed.service_principals.get(principal)
        if application is not None:
            found.add(application)
        grown = True
        while grown:
            more = {name for name, members in self.groups.items() if name not in found and found & set(members)}
            grown = bool(more)
            found |= more
        return frozenset(found)

    def is_admin(self, principal: str) -> bool:
        """Whether the principal may do everything."""
        return principal == self.admin or ADMINS in self.identities(principal)
