"""Compare the wanted grants with the live ones, print the difference, and apply it with --apply. Needs a workspace;
databricks-sdk 0.156.

Only principals named in WANTED are touched. `difference` is a plain function; `examples/test_apply_grants.py` tests
it and the calls.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from databricks.sdk import WorkspaceClient
from databricks.sdk.service.catalog import PermissionsChange, Privilege

TOO_BROAD = frozenset({"ALL_PRIVILEGES", "MANAGE", "MODIFY"})
EVERYBODY = frozenset({"account users", "users"})


@dataclass(frozen=True, kw_only=True)
class Securable:
    """One object of Unity Catalog, such as schema prod.sales."""

    kind: str
    name: str


@dataclass(frozen=True, kw_only=True)
class Change:
    """What one principal gains and loses on one object."""

    securable: Securable
    principal: str
    add: frozenset[str]
    remove: frozenset[str]


Grants = Mapping[str, frozenset[str]]

WANTED: Mapping[Securable, Grants] = {
    Securable(kind="catalog", name="prod"): {
        "account users": frozenset({"BROWSE"}),
        "sales-readers": frozenset({"USE_CATALOG"}),
    },
    Securable(kind="schema", name="prod.sales"): {
        "sales-readers": frozenset({"USE_SCHEMA", "SELECT"}),
        "sales-writers": frozenset({"USE_SCHEMA", "SELECT", "MODIFY", "CREATE_TABLE"}),
    },
}


def check(wanted: Mapping[Securable, Grants]) -> None:
    """Nothing, where no grant is too broad.

    Raises:
        ValueError: everybody would get a privilege to change or to manage, or a principal is a person's address.
    """
    for securable, grants in wanted.items():
        for principal, privileges in grants.items():
            if principal in EVERYBODY and privileges & TOO_BROAD:
                raise ValueError(
                    f"{', '.join(sorted(privileges & TOO_BROAD))} on {securable.name} to {principal!r}: name a group"
                )
            if "@" in principal:
                raise ValueError(
                    f"{principal!r} on {securable.name} is a person; put the person into a group and grant to the group"
                )


def difference(securable: Securable, wanted: Grants, live: Grants) -> list[Change]:
    """The changes that turn the live grants of the wanted principals into the wanted ones, in order of their names."""
    changes = []
    for principal in sorted(wanted):
        have = live.get(principal, frozenset())
        add, remove = wanted[principal] - have, have - wanted[principal]
        if add or remove:
            changes.append(Change(securable=securable, principal=principal, add=add, remove=remove))
    return changes


def unmanaged(wanted: Grants, live: Grants) -> list[str]:
    """Principals that hold a privilege and are not in the wanted state: a person decides about them."""
    return sorted(principal for principal, privileges in live.items() if privileges and principal not in wanted)


def live_grants(client: WorkspaceClient, securable: Securable) -> dict[str, frozenset[str]]:
    """The direct grants on the object by principal; inherited ones belong to the parent. Every page is read, also
    after an empty one.
    """
    grants: dict[str, frozenset[str]] = {}
    token: str | None = None
    while True:
        page = client.grants.get(securable.kind, securable.name, max_results=0, page_token=token)
        for assignment in page.privilege_assignments or []:
            grants[str(assignment.principal)] = frozenset(item.value for item in assignment.privileges or [])
        token = page.next_page_token
        if not token:
            return grants


def apply(client: WorkspaceClient, securable: Securable, changes: Sequence[Change]) -> None:
    """Send the changes of one object in one call, so that no reader is without access in between."""
    client.grants.update(
        securable.kind,
        securable.name,
        changes=[
            PermissionsChange(
                principal=change.principal,
                add=[Privilege(name) for name in sorted(change.add)],
                remove=[Privilege(name) for name in sorted(change.remove)],
            )
            for change in changes
        ],
    )


def main(client: WorkspaceClient, *, change_anything: bool) -> int:
    """0 where live equals wanted at the end, 1 where a difference is left; prints each change and each unmanaged
    principal.
    """
    check(WANTED)
    left = 0
    for securable, wanted in WANTED.items():
        live = live_grants(client, securable)
        changes = difference(securable, wanted, live)
        for change in changes:
            print(f"{securable.name}: {change.principal}: +{sorted(change.add)} -{sorted(change.remove)}")
        for principal in unmanaged(wanted, live):
            print(f"{securable.name}: {principal} holds {sorted(live[principal])} and is not managed here")
        if changes and change_anything:
            apply(client, securable, changes)
            changes = difference(securable, wanted, live_grants(client, securable))
        left += len(changes)
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main(WorkspaceClient(), change_anything="--apply" in sys.argv[1:]))
