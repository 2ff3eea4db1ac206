"""Grants that give more than is used, more than one person needs, or to everybody; and the changes that end that."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from orchestrator.workspace.changes import Goal, Told
from orchestrator.workspace.connection import Workspace
from orchestrator.workspace.governance.grants import HARMLESS, POWERFUL, Grant, direct, granting, revoking
from orchestrator.workspace.governance.people import People
from orchestrator.workspace.governance.securables import Securable
from orchestrator.workspace.governance.tables import Tables, tables_under
from orchestrator.workspace.governance.usage import VISIBLE, Usage
from orchestrator.workspace.records import Record

Reason = Literal["everybody", "powerful", "unused", "wider than used"]
MAX_SHOWN = 500
_RANK = {"high": 0, "medium": 1, "low": 2}
_CONTAINER = {"catalog": ("USE_CATALOG", "USE_SCHEMA"), "schema": ("USE_SCHEMA",)}


@dataclass(frozen=True, kw_only=True)
class HeldGrant:
    """A privilege that a principal holds directly on an object."""

    principal: str
    privilege: str
    of: Securable


@dataclass(frozen=True, kw_only=True)
class HeldGrants:
    """The direct grants of a catalog and what is below it; `more` tells that tables were left out."""

    catalog: str
    grants: tuple[HeldGrant, ...]
    tables: Tables


class ExcessiveGrant(Record):
    """A grant that gives too much."""

    principal: str
    privilege: str
    on: str
    severity: Literal["high", "medium", "low"]
    reasons: tuple[Reason, ...]
    used: tuple[str, ...] | None
    """the privileges that its holders used on the object or below it; null where its holders cannot be known"""
    why: str


class ExcessReport(Record):
    """The grants of a catalog that give too much."""

    catalog: str
    method: str
    since: dt.date
    until: dt.date
    grants: int
    """direct grants that were looked at"""
    uses: int
    """different uses of privileges that the log shows in these days"""
    undecided: str | None
    """why no grant could be called unused; null where it could"""
    excesses: tuple[ExcessiveGrant, ...]
    limits: tuple[str, ...]
    more: bool
    """tables or findings were left out"""


METHOD = (
    "direct grants minus the privileges that their holders used in system.access.audit and "
    "system.access.table_lineage; besides, grants to everybody and ALL PRIVILEGES or MANAGE"
)
LIMITS = (
    "only the use of SELECT, MODIFY, READ VOLUME, WRITE VOLUME, CREATE TABLE and MANAGE can be seen and is judged",
    "grants on volumes, functions, models and the metastore are not looked at, nor are grants by policies",
    "a job that runs less often than the window is long counts as unused; take a window of a quarter or more",
)


def held(workspace: Workspace, catalog: str, *, limit: int, told: Told | None = None) -> HeldGrants:
    """The direct grants on the catalog, its schemas and at most `limit` of its tables.

    Raises:
        WorkspaceError: the catalog or its grants cannot be read.
    """
    tables = tables_under(workspace, catalog, limit)
    schemas = sorted({table.name.rpartition(".")[0] for table in tables.items})
    objects = [
        Securable(kind="catalog", name=catalog),
        *(Securable(kind="schema", name=name) for name in schemas),
        *(Securable(kind="table", name=table.name) for table in tables.items),
    ]
    found: list[HeldGrant] = []
    for number, of in enumerate(objects):
        if told:
            told(number, len(objects), str(of))
        found += [
            HeldGrant(principal=grant.principal, privilege=grant.privilege, of=of) for grant in _grants(workspace, of)
        ]
    return HeldGrants(catalog=catalog, grants=tuple(found), tables=tables)


def _grants(workspace: Workspace, of: Securable) -> list[Grant]:
    return workspace.ask(
        f"read the grants of {of}", lambda client: list(direct(client, of)), privilege="MANAGE on it or ownership"
    )


def excesses(held_grants: HeldGrants, usage: Usage, people: People | None) -> ExcessReport:
    """The grants that give too much; without `people`, grants to groups are not called unused."""
    undecided = _undecided(usage)
    found = [
        item
        for grant in held_grants.grants
        if (item := _judged(grant, None if undecided else usage, people)) is not None
    ]
    found.sort(key=lambda item: (_RANK[item.severity], item.on, item.principal, item.privilege))
    return ExcessReport(
        catalog=held_grants.catalog, method=METHOD, since=usage.window.since, until=usage.window.until,
        grants=len(held_grants.grants), uses=len(usage.uses), undecided=undecided, excesses=tuple(found[:MAX_SHOWN]),
        limits=LIMITS, more=held_grants.tables.more or len(found) > MAX_SHOWN,
    )  # fmt: skip


def _undecided(usage: Usage) -> str | None:
    if usage.more:
        return "there are more uses than could be read; ask for fewer days, so that nothing is called unused by mistake"
    if not usage.uses:
        return "the audit log shows no use of this catalog in these days: it may not be on, so nothing is called unused"
    return None


def _judged(grant: HeldGrant, usage: Usage | None, people: People | None) -> ExcessiveGrant | None:
    everybody = People.everybody(grant.principal)
    used = _used(grant, usage, people)
    reasons: list[Reason] = []
    if everybody and grant.privilege not in HARMLESS:
        reasons.append("everybody")
    if grant.privilege in POWERFUL:
        reasons.append("powerful")
    if used is not None and grant.privilege in VISIBLE | POWERFUL:
        reasons += _by_use(grant.privilege, used)
    if not reasons:
        return None
    return ExcessiveGrant(
        principal=grant.principal, privilege=grant.privilege, on=str(grant.of), severity=_severity(grant, reasons),
        reasons=tuple(reasons), used=None if used is None else tuple(sorted(used)), why=_why(grant, reasons, used),
    )  # fmt: skip


def _used(grant: HeldGrant, usage: Usage | None, people: People | None) -> frozenset[str] | None:
    """What the holders of the grant used below its object, or None where that cannot be known."""
    if usage is None:
        return None
    if People.everybody(grant.principal):
        return usage.of(None, grant.of)
    holders = (people or People(groups={})).behind(grant.principal)
    return None if holders is None else usage.of(holders, grant.of)


def _by_use(privilege: str, used: frozenset[str]) -> Iterator[Reason]:
    if privilege == "ALL_PRIVILEGES":
        yield "wider than used" if used else "unused"
    elif privilege not in used:
        yield "unused"


def _severity(grant: HeldGrant, reasons: Sequence[Reason]) -> Literal["high", "medium", "low"]:
    if "everybody" in reasons or (grant.privilege == "ALL_PRIVILEGES" and grant.of.kind == "catalog"):
        return "high"
    return "medium" if "powerful" in reasons or grant.privilege == "MODIFY" else "low"


def _why(grant: HeldGrant, reasons: Sequence[Reason], used: frozenset[str] | None) -> str:
    parts = {
        "everybody": f"every user holds {grant.privilege}",
        "powerful": f"{grant.privilege} gives more than reading or writing data",
        "unused": f"no holder used {grant.privilege} here in these days",
        "wider than used": f"its holders used only {', '.join(sorted(used or ()))}",
    }
    return "; ".join(parts[reason] for reason in reasons)


def least(report: ExcessReport, keep: Iterable[str]) -> list[Goal]:
    """The goals that leave each holder what it uses: unused privileges go, ALL PRIVILEGES becomes what was used.

    Grants of the principals in `keep` stay, and so does a privilege of everybody that somebody uses: a person decides.
    """
    kept = {name.lower() for name in keep}
    goals: list[Goal] = []
    for item in report.excesses:
        if item.principal.lower() in kept or not {"unused", "wider than used"} & set(item.reasons):
            continue
        goals += _replaced(item)
    return goals


def _replaced(item: ExcessiveGrant) -> Iterator[Goal]:
    of = _place(item.on)
    if "wider than used" in item.reasons:
        # ALL PRIVILEGES does not hold MANAGE: what was used of it came from elsewhere, as from ownership.
        used = frozenset(item.used or ()) - {"MANAGE"}
        yield granting(of, item.principal, used | frozenset(_CONTAINER.get(of.kind, ())))
    yield revoking(of, item.principal, frozenset({item.privilege}))


def _place(text: str) -> Securable:
    """The catalog, schema or table that `on` of a finding names."""
    kind, _, name = text.partition(" ")
    if kind == "catalog":
        return Securable(kind="catalog", name=name)
    return Securable(kind="schema" if kind == "schema" else "table", name=name)
