"""What a review of a catalog's permissions finds without looking at use: who holds what, and how it is held."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Literal

from orchestrator.workspace.governance.excess import HeldGrant, HeldGrants
from orchestrator.workspace.governance.grants import HARMLESS, POWERFUL
from orchestrator.workspace.governance.people import People, is_person
from orchestrator.workspace.governance.tables import Table
from orchestrator.workspace.records import Record

Check = Literal["granted to everybody", "powerful privilege", "granted to a person", "owned by a person", "has left"]
MAX_SHOWN = 500


class PermissionFinding(Record):
    """One way in which permissions are held that a reviewer should see."""

    check: Check
    severity: Literal["high", "medium", "low"]
    object: str
    principal: str
    why: str


class HolderTally(Record):
    """How many direct grants one principal has."""

    principal: str
    grants: int


class CatalogAudit(Record):
    """The permissions of a catalog: numbers, and what stands out."""

    catalog: str
    tables: int
    grants: int
    holders: tuple[HolderTally, ...]
    """principals with the most direct grants first, at most 20"""
    findings: tuple[PermissionFinding, ...]
    more: bool
    """tables or findings were left out"""


def catalog_audit(held: HeldGrants, people: People) -> CatalogAudit:
    """The audit of grants that are read; who has left is told where the users are known."""
    findings = [finding for grant in held.grants for finding in _of_grant(grant, people)]
    findings += [finding for table in held.tables.items for finding in _of_owner(table, people)]
    order = {"high": 0, "medium": 1, "low": 2}
    findings.sort(key=lambda item: (order[item.severity], item.object, item.principal))
    counted = Counter(grant.principal for grant in held.grants)
    holders = sorted(counted.items(), key=lambda item: (-item[1], item[0]))[:20]
    return CatalogAudit(
        catalog=held.catalog,
        tables=len(held.tables.items),
        grants=len(held.grants),
        holders=tuple(HolderTally(principal=name, grants=count) for name, count in holders),
        findings=tuple(findings[:MAX_SHOWN]),
        more=held.tables.more or len(findings) > MAX_SHOWN,
    )


def _of_grant(grant: HeldGrant, people: People) -> Iterator[PermissionFinding]:
    on = str(grant.of)
    if people.has_left(grant.principal):
        yield _found("has left", "medium", on, grant.principal, f"{grant.privilege} is held by a user who has left")
    elif People.everybody(grant.principal) and grant.privilege not in HARMLESS:
        why = f"every user of the account or workspace holds {grant.privilege}"
        yield _found("granted to everybody", "high", on, grant.principal, why)
    elif grant.privilege in POWERFUL:
        why = f"{grant.privilege} lets its holder pass on or change what others may do"
        if grant.privilege == "ALL_PRIVILEGES":
            why = "ALL PRIVILEGES grows with every privilege that Databricks adds"
        yield _found("powerful privilege", "medium", on, grant.principal, why)
    elif is_person(grant.principal):
        why = f"{grant.privilege} is granted to one person, who may leave or change duty; grant it to a group"
        yield _found("granted to a person", "low", on, grant.principal, why)


def _of_owner(table: Table, people: People) -> Iterator[PermissionFinding]:
    if people.has_left(table.owner):
        yield _found("has left", "medium", f"table {table.name}", table.owner, "the owner is a user who has left")
    elif is_person(table.owner):
        why = "one person owns the table; when the account is removed nobody can manage it; make a group the owner"
        yield _found("owned by a person", "low", f"table {table.name}", table.owner, why)


def _found(
    check: Check, severity: Literal["high", "medium", "low"], on: str, principal: str, why: str
) -> PermissionFinding:
    return PermissionFinding(check=check, severity=severity, object=on, principal=principal, why=why)
