"""Grants: who has which privilege on what, directly and through what it stands in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from orchestrator.workspace.sandbox.people import People
from orchestrator.workspace.sandbox.problem import CallRefusedError, denied, invalid
from orchestrator.workspace.sandbox.seed.part import Grants as GrantsSeed
from orchestrator.workspace.sandbox.seed.part import Owned
from orchestrator.workspace.sandbox.unity import Kind, Placed, Unity

ALL = "ALL_PRIVILEGES"
_ANYWHERE = frozenset({ALL, "MANAGE", "APPLY_TAG", "BROWSE"})
_DATA = frozenset({"SELECT", "MODIFY", "EXECUTE", "READ_VOLUME", "WRITE_VOLUME", "REFRESH"})
_SCHEMA = _ANYWHERE | _DATA | {
    "USE_SCHEMA", "CREATE_TABLE", "CREATE_FUNCTION", "CREATE_VOLUME", "CREATE_MODEL", "CREATE_MATERIALIZED_VIEW",
    "EXTERNAL_USE_SCHEMA",
}  # fmt: skip
APPLICABLE: dict[Kind, frozenset[str]] = {
    Kind.METASTORE: frozenset({
        "CREATE_CATALOG", "CREATE_SHARE", "CREATE_RECIPIENT", "CREATE_PROVIDER", "CREATE_CONNECTION",
        "MANAGE_ALLOWLIST",
        "CREATE_EXTERNAL_LOCATION", "CREATE_STORAGE_CREDENTIAL", "SET_SHARE_PERMISSION", "USE_MARKETPLACE_ASSETS",
        "USE_PROVIDER", "USE_RECIPIENT", "USE_SHARE",
    }),
    Kind.CATALOG: _SCHEMA | {"USE_CATALOG", "CREATE_SCHEMA"},
    Kind.SCHEMA: _SCHEMA,
    Kind.TABLE: _ANYWHERE | {"SELECT", "MODIFY"},
    Kind.VOLUME: _ANYWHERE | {"READ_VOLUME", "WRITE_VOLUME"},
    Kind.FUNCTION: _ANYWHERE | {"EXECUTE"},
    Kind.MODEL: _ANYWHERE | {"EXECUTE"},
    Kind.SHARE: frozenset({"SELECT"}),
}  # fmt: skip
"""Privileges by securable: https://docs.databricks.com/aws/en/data-governance/unity-catalog/manage-privileges/privileges"""
_LEVELS = {1: Kind.CATALOG, 2: Kind.SCHEMA}


@dataclass(frozen=True, kw_only=True)
class Effective:
    """One privilege of one principal; `inherited_from` is empty where it was granted on the securable itself."""

    principal: str
    privilege: str
    inherited_from: str = ""
    inherited_kind: Kind | None = None


class Grants:
    """The grants of one metastore, and the question who may do what."""

    def __init__(self, unity: Unity, people: People, metastore: GrantsSeed) -> None:
        self.unity = unity
        self.people = people
        self._given: dict[tuple[Kind, str], dict[str, list[str]]] = {}
        for securable in unity.everything():
            self._put(securable.kind, securable.full_name, securable.seed.grants)
        self._put(Kind.METASTORE, "", metastore)

    def _put(self, kind: Kind, full_name: str, grants: GrantsSeed) -> None:
        if grants:
            self._given[kind, full_name.lower()] = {who: list(what) for who, what in grants.items()}

    def direct(self, kind: Kind, full_name: str) -> dict[str, list[str]]:
        """Privileges by principal that were granted on the securable itself."""
        return self._given.get((kind, full_name.lower()), {})

    def change(self, kind: Kind, full_name: str, principal: str, *, add: Iterable[str], remove: Iterable[str]) -> None:
        """Grant and revoke; revoking what was not granted changes nothing.

        Raises:
            CallRefusedError: the principal is unknown (404), or a privilege is none of this securable (400).
        """
        added = list(add)
        if added and not self.people.knows(principal):
            raise CallRefusedError(404, "PRINCIPAL_DOES_NOT_EXIST", f"Could not find principal with name {principal}")
        for privilege in added:
            if privilege not in APPLICABLE[kind]:
                raise invalid(f"Privilege {privilege} is not applicable to this entity [{full_name}:{kind}].")
        place = self._given.setdefault((kind, full_name.lower()), {})
        taken_away = set(remove)
        left = [privilege for privilege in place.get(principal, []) if privilege not in taken_away]
        place[principal] = left + [privilege for privilege in added if privilege not in left]
        if not place[principal]:
            del place[principal]

    def drop(self, kind: Kind, full_name: str) -> None:
        """Forget the grants on a securable that is gone."""
        self._given.pop((kind, full_name.lower()), None)

    def effective(self, kind: Kind, full_name: str) -> list[Effective]:
        """Every privilege on a securable: its own grants, then those of its schema, its catalog and the metastore."""
        found = [
            Effective(principal=who, privilege=privilege)
            for who, what in self.direct(kind, full_name).items()
            for privilege in what
        ]
        for level, name in _above(kind, full_name):
            found += [
                Effective(principal=who, privilege=privilege, inherited_from=name, inherited_kind=level)
                for who, what in self.direct(level, name).items()
                for privilege in what
            ]
        return found

    def held(self, principal: str, kind: Kind, full_name: str) -> frozenset[str]:
        """The privileges that a principal has on a securable through itself or any of its groups."""
        identities = self.people.identities(principal)
        return frozenset(item.privilege for item in self.effective(kind, full_name) if item.principal in identities)

    def owns(self, principal: str, securable: Placed[Owned]) -> bool:
        """Whether the principal owns the securable or anything it stands in, itself or through a group."""
        identities = self.people.identities(principal)
        if securable.owner in identities:
            return True
        return any(
            self.unity.find(level, name).owner in identities
            for level, name in _above(securable.kind, securable.full_name)
        )

    def allows(self, principal: str, privilege: str, securable: Placed[Owned]) -> bool:
        """Whether the principal may: as admin, owner, or by grant."""
        if self.people.is_admin(principal) or self.owns(principal, securable):
            return True
        return bool(self.held(principal, securable.kind, securable.full_name) & {privilege, ALL})

    def sees(self, principal: str, securable: Placed[Owned]) -> bool:
        """Whether the principal may see that the securable is there: it has a privilege on it or above it."""
        if self.people.is_admin(principal) or self.owns(principal, securable):
            return True
        return bool(self.held(principal, securable.kind, securable.full_name))

    def require(self, principal: str, privilege: str, securable: Placed[Owned]) -> None:
        """Let pass who has the privilege and may use the catalog and schema around it.

        Raises:
            CallRefusedError: a privilege is missing (403); the message names it and the securable.
        """
        for level, name in reversed(list(_above(securable.kind, securable.full_name))):
            around = self.unity.find(level, name)
            if not self.allows(principal, f"USE_{level}", around):
                raise lacking(f"USE_{level}", around)
        if not self.allows(principal, privilege, securable):
            raise lacking(privilege, securable)

    def require_manage(self, principal: str, securable: Placed[Owned]) -> None:
        """Let pass who owns the securable or has MANAGE on it.

        Raises:
            CallRefusedError: neither (403).
        """
        if not self.allows(principal, "MANAGE", securable):
            word = securable.kind.capitalize()
            raise denied(f"User does not have MANAGE on {word} '{securable.full_name}' and is not its owner.")


def lacking(privilege: str, securable: Placed[Owned]) -> CallRefusedError:
    """The refusal that names the missing privilege."""
    return denied(
        f"User does not have {privilege.replace('_', ' ')} on {securable.kind.capitalize()} '{securable.full_name}'."
    )


def _above(kind: Kind, full_name: str) -> Iterator[tuple[Kind, str]]:
    """What a securable stands in, nearest first, without the metastore, whose privileges are not inherited."""
    if kind in {Kind.METASTORE, Kind.SHARE, Kind.RECIPIENT}:
        return
    parts = full_name.split(".")
    for length in range(len(parts) - 1, 0, -1):
        yield _LEVELS[length], ".".join(parts[:length])
