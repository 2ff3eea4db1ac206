"""What each holder has on an object and should not have, or not in this way: every reason in one place."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

from orchestrator.workspace.governance.catalog_audit import PermissionFinding, catalog_audit
from orchestrator.workspace.governance.excess import ExcessiveGrant, ExcessReport, HeldGrant, HeldGrants
from orchestrator.workspace.governance.people import People
from orchestrator.workspace.governance.tables import Tables
from orchestrator.workspace.records import Record

Kind = Literal["everybody", "has left", "powerful", "person", "unused", "owner has left", "owned by a person"]
"""The gravest thing that is to be said of a holding, the first that applies."""
ORDER: tuple[Kind, ...] = (
    "everybody", "owner has left", "has left", "powerful", "person", "unused", "owned by a person",
)  # fmt: skip
_SEVERITIES = ("high", "medium", "low")
_NO_TABLES = Tables(items=(), more=False)
_OF_CHECK: dict[str, Kind] = {
    "granted to everybody": "everybody",
    "powerful privilege": "powerful",
    "granted to a person": "person",
    "has left": "has left",
}


class Holding(Record):
    """The privileges of one principal on one object that give too much or are held badly."""

    principal: str
    on: str
    """the kind and full name, as `schema main.sales`"""
    privileges: tuple[str, ...]
    """only those with a reason; `OWNER` for an owner"""
    kind: Kind
    unused: tuple[str, ...]
    """those that nobody behind the principal used"""
    used: tuple[str, ...] | None
    """what was used on the object or below it; null where that cannot be known"""
    severity: Literal["high", "medium", "low"]
    why: str


def holdings(held: HeldGrants, excess: ExcessReport, people: People | None) -> tuple[Holding, ...]:
    """One holding for each principal and object with a reason, the gravest first."""
    known = people or People(groups={})
    wide = {(item.principal, item.privilege, item.on): item for item in excess.excesses}
    grouped: dict[tuple[str, str], list[HeldGrant]] = {}
    for grant in held.grants:
        grouped.setdefault((grant.principal, str(grant.of)), []).append(grant)
    found = [item for grants in grouped.values() if (item := _holding(held.catalog, grants, wide, known)) is not None]
    owners = catalog_audit(HeldGrants(catalog=held.catalog, grants=(), tables=held.tables), known).findings
    found += [_owned(item) for item in owners]
    found.sort(key=lambda item: (_SEVERITIES.index(item.severity), item.on, item.principal))
    return tuple(found)


def _holding(
    catalog: str, grants: Sequence[HeldGrant], wide: dict[tuple[str, str, str], ExcessiveGrant], people: People
) -> Holding | None:
    badly = {grant.privilege: _badly(catalog, grant, people) for grant in grants}
    excesses = [item for grant in grants if (item := wide.get((grant.principal, grant.privilege, str(grant.of))))]
    checks = [item for item in badly.values() if item is not None]
    if not checks and not excesses:
        return None
    concerned = {item.privilege for item in excesses} | {name for name, item in badly.items() if item is not None}
    kinds = {_OF_CHECK[item.check] for item in checks} or {"unused"}
    used = next((item.used for item in excesses if item.used is not None), None)
    unused = tuple(item.privilege for item in excesses if "unused" in item.reasons)
    severities = [*(item.severity for item in checks), *(item.severity for item in excesses)]
    return Holding(
        principal=grants[0].principal, on=str(grants[0].of), privileges=tuple(sorted(concerned)),
        kind=next(kind for kind in ORDER if kind in kinds), unused=tuple(sorted(unused)), used=used,
        severity=min(severities, key=_SEVERITIES.index), why=_why(checks, excesses, used),
    )  # fmt: skip


def _badly(catalog: str, grant: HeldGrant, people: People) -> PermissionFinding | None:
    """How the one grant is held badly, if it is."""
    alone = HeldGrants(catalog=catalog, grants=(grant,), tables=_NO_TABLES)
    return next(iter(catalog_audit(alone, people).findings), None)


def _why(checks: Iterable[PermissionFinding], excesses: Sequence[ExcessiveGrant], used: tuple[str, ...] | None) -> str:
    """The reasons as one sentence, each once."""
    told = dict.fromkeys(_without_privilege(item) for item in checks)
    unused = [item.privilege for item in excesses if "unused" in item.reasons]
    if unused:
        told[f"nobody behind it used {_and(unused)} in these days"] = None
    elif any("wider than used" in item.reasons for item in excesses):
        told[f"only {_and(used or ())} was used of it"] = None
    return "; ".join(told)


def _without_privilege(item: PermissionFinding) -> str:
    if item.check == "granted to everybody":
        return "every user of the account or workspace holds it"
    if item.check == "granted to a person":
        return "it is granted to one person, who may leave or change duty; grant it to a group"
    return "its holder has left" if item.check == "has left" else item.why


def _owned(item: PermissionFinding) -> Holding:
    return Holding(
        principal=item.principal, on=item.object, privileges=("OWNER",),
        kind="owner has left" if item.check == "has left" else "owned by a person",
        unused=(), used=None, severity=item.severity, why=item.why,
    )  # fmt: skip


def _and(names: Iterable[str]) -> str:
    listed = sorted(names)
    return " and ".join((", ".join(listed[:-1]), listed[-1])) if len(listed) > 1 else "".join(listed)
