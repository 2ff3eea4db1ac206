"""The facts of a catalog that compliance reports rest on; each says its numbers, and what could not be looked at."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.errors import WorkspaceError
from orchestrator.workspace.audit.log import Window
from orchestrator.workspace.connection import Workspace
from orchestrator.workspace.governance.compliance import Fact, Standing
from orchestrator.workspace.governance.excess import ExcessReport
from orchestrator.workspace.governance.grants import HARMLESS, WIDE, Grant, effective
from orchestrator.workspace.governance.people import is_person
from orchestrator.workspace.governance.personal import PersonalColumn, PersonalScan
from orchestrator.workspace.governance.securables import Securable
from orchestrator.workspace.governance.tables import Tables
from orchestrator.workspace.statements import Value, query

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient

SHOWN = 20
MAX_TABLES = 100
YEAR = 365
_AUDIT = "system.access.audit"
_LINEAGE = "system.access.table_lineage"
_AUDITED_DAYS = (
    "SELECT count(DISTINCT event_date) FROM system.access.audit WHERE event_date >= :since AND event_date <= :until"
)
_FIRST_AUDITED_DAY = "SELECT min(event_date) FROM system.access.audit WHERE event_date >= :since"
_LINEAGE_RECORDS = (
    "SELECT count(*) FROM system.access.table_lineage WHERE event_date >= :since AND event_date <= :until "
    "AND (startswith(source_table_full_name, :prefix) OR startswith(target_table_full_name, :prefix))"
)
_DELETIONS = (
    "SELECT count_if(statement_type IN ('DELETE', 'TRUNCATE')), "
    "count_if(startswith(upper(ltrim(statement_text)), 'VACUUM')) FROM system.query.history "
    "WHERE start_time >= :since AND contains(lower(statement_text), lower(:prefix))"
)


@dataclass(frozen=True, kw_only=True)
class Collected:
    """What the facts are read from."""

    catalog: str
    tables: Tables
    scan: PersonalScan
    excess: ExcessReport
    window: Window

    @property
    def personal(self) -> tuple[PersonalColumn, ...]:
        """The columns that are certain or probable."""
        return tuple(item for item in self.scan.found if item.certainty != "possible")


def gathered(workspace: Workspace, collected: Collected, wanted: frozenset[str]) -> tuple[Fact, ...]:
    """The wanted facts; one that the workspace refuses cannot be seen, with the reason."""
    return tuple(_fact(workspace, collected, name) for name in sorted(wanted))


def _fact(workspace: Workspace, collected: Collected, name: str) -> Fact:
    try:
        return FACTS[name](workspace, collected)
    except WorkspaceError as error:
        return Fact(name=name, standing="cannot be seen here", says=str(error))


def _personal_data_tagged(_workspace: Workspace, collected: Collected) -> Fact:
    bare = [item.column for item in collected.personal if not item.tags]
    return _of_columns("personal_data_tagged", collected.personal, bare, "carry no tag", collected)


def _personal_data_protected(_workspace: Workspace, collected: Collected) -> Fact:
    bare = [item.column for item in collected.personal if not (item.mask or item.row_filter)]
    return _of_columns("personal_data_protected", collected.personal, bare, "have no mask and no row filter", collected)


def _special_data_protected(_workspace: Workspace, collected: Collected) -> Fact:
    special = [item for item in collected.personal if item.sensitivity in {"special", "government"}]
    bare = [item.column for item in special if not item.mask]
    return _of_columns("special_data_protected", special, bare, "have no mask", collected)


def _card_numbers_masked(_workspace: Workspace, collected: Collected) -> Fact:
    cards = [item for item in collected.personal if item.kind == "card_number"]
    bare = [item.column for item in cards if not item.mask]
    return _of_columns("card_numbers_masked", cards, bare, "have no mask", collected)


def _no_card_secrets(_workspace: Workspace, collected: Collected) -> Fact:
    found = [item.column for item in collected.personal if item.kind == "card_secret"]
    says = f"{len(found)} of {collected.scan.columns} columns are named for a card's CVV or PIN"
    return _told("no_card_secrets", says, found, whole=not collected.scan.more)


def _no_wide_access(workspace: Workspace, collected: Collected) -> Fact:
    tables = sorted({item.column.rpartition(".")[0] for item in collected.personal})
    wide = [name for name in tables[:MAX_TABLES] if _wide(workspace, name)]
    says = f"{len(wide)} of {len(tables[:MAX_TABLES])} tables with personal data are open to every user"
    whole = not collected.scan.more and len(tables) <= MAX_TABLES
    return _told("no_wide_access_to_personal_data", says, wide, whole=whole)


def _wide(workspace: Workspace, table: str) -> bool:
    of = Securable(kind="table", name=table)

    def grants(client: WorkspaceClient) -> list[Grant]:
        return [grant for grant in effective(client, of) if grant.principal.lower() in WIDE]

    found = workspace.ask(f"read the effective grants of {table}", grants, privilege="MANAGE on it or ownership")
    return any(grant.privilege not in HARMLESS for grant in found)


def _least_privilege(_workspace: Workspace, collected: Collected) -> Fact:
    if collected.excess.undecided:
        return Fact(name="least_privilege", standing="cannot be seen here", says=collected.excess.undecided)
    unused = [
        f"{item.privilege} of {item.principal} on {item.on}" for item in collected.excess.excesses
        if {"unused", "wider than used", "everybody"} & set(item.reasons)
    ]  # fmt: skip
    says = f"{len(unused)} of {collected.excess.grants} grants are unused, wider than used, or held by everybody"
    return _told("least_privilege", says, unused, whole=not collected.excess.more)


def _owners_are_groups(_workspace: Workspace, collected: Collected) -> Fact:
    persons = [table.name for table in collected.tables.items if is_person(table.owner)]
    says = f"{len(persons)} of {len(collected.tables.items)} tables are owned by one person"
    return _told("owners_are_groups", says, persons, whole=not collected.tables.more)


def _audit_log_on(workspace: Workspace, collected: Collected) -> Fact:
    last = collected.window.until
    count = _number(
        workspace, _AUDITED_DAYS, {"since": last - dt.timedelta(days=6), "until": last}, "read the audit log"
    )
    says = f"the audit log has events on {count or 0} of the last 7 days"
    return _told("audit_log_on", says, [] if int(count or 0) else [_AUDIT])


def _audit_log_year(workspace: Workspace, collected: Collected) -> Fact:
    since = collected.window.until - dt.timedelta(days=2 * YEAR)
    first = _number(workspace, _FIRST_AUDITED_DAY, {"since": since}, "read the audit log")
    days = (collected.window.until - dt.date.fromisoformat(first[:10])).days if first else 0
    says = f"the audit log reaches back {days} days of {YEAR}"
    return _told("audit_log_year", says, [] if days >= YEAR else [_AUDIT])


def _lineage_recorded(workspace: Workspace, collected: Collected) -> Fact:
    window = collected.window
    parameters: dict[str, Value] = {"since": window.since, "until": window.until, "prefix": f"{collected.catalog}."}
    count = _number(workspace, _LINEAGE_RECORDS, parameters, "read the lineage of tables")
    says = f"{count or 0} records of lineage of this catalog in {window.days} days"
    return _told("lineage_recorded", says, [] if int(count or 0) else [_LINEAGE])


def _deletion_practised(workspace: Workspace, collected: Collected) -> Fact:
    parameters: dict[str, Value] = {"since": collected.window.since, "prefix": f"{collected.catalog}."}
    rows = query(workspace, _DELETIONS, parameters, what="read the query history", limit=1).rows
    deletes, vacuums = (int(cell or 0) for cell in rows[0]) if rows else (0, 0)
    says = f"{deletes} DELETE and {vacuums} VACUUM statements that name this catalog in {collected.window.days} days"
    if not deletes and not vacuums:
        why = f"{says}: whether any was asked for, or runs by predictive optimization, is not known"
        return Fact(name="deletion_practised", standing="cannot be seen here", says=why)
    return _told("deletion_practised", says, [] if deletes and vacuums else [collected.catalog])


def _sharing_restricted(workspace: Workspace, _collected: Collected) -> Fact:
    def recipients(client: WorkspaceClient) -> list[tuple[str, bool]]:
        return [
            (item.name or "", bool(item.ip_access_list and item.ip_access_list.allowed_ip_addresses))
            for item in client.recipients.list()
            if item.authentication_type is not None and item.authentication_type.value == "TOKEN"
        ]

    found = workspace.ask("list the recipients of shares", recipients, privilege="USE RECIPIENT")
    open_ones = [f"recipient {name}" for name, listed in found if not listed]
    says = f"{len(open_ones)} of {len(found)} recipients with a token may connect from any address"
    return _told("sharing_restricted", says, open_ones)


def _of_columns(name: str, columns: Sequence[PersonalColumn], bare: list[str], lack: str, collected: Collected) -> Fact:
    says = f"{len(bare)} of {len(columns)} such columns {lack}; {collected.scan.columns} columns were looked at"
    if not columns:
        # Nothing was found, which shows neither that there is nothing nor that it would be treated as it should.
        says = f"no such column was found among {collected.scan.columns}"
        return Fact(name=name, standing="cannot be seen here", says=says)
    return _told(name, says, bare, whole=not collected.scan.more)


def _told(name: str, says: str, bad: Sequence[str], *, whole: bool = True) -> Fact:
    """A fact by what is bad; one over a part of the catalog can show a gap and cannot show that there is none."""
    standing: Standing = "gap" if bad else "met"
    if not bad and not whole:
        standing, says = "cannot be seen here", f"{says}, and not every table was looked at"
    return Fact(name=name, standing=standing, says=says, objects=tuple(bad)[:SHOWN])


def _number(workspace: Workspace, statement: str, parameters: dict[str, Value], what: str) -> str | None:
    rows = query(workspace, statement, parameters, what=what, limit=1).rows
    return rows[0][0] if rows else None


FACTS: dict[str, Callable[[Workspace, Collected], Fact]] = {
    "personal_data_tagged": _personal_data_tagged,
    "personal_data_protected": _personal_data_protected,
    "special_data_protected": _special_data_protected,
    "card_numbers_masked": _card_numbers_masked,
    "no_card_secrets": _no_card_secrets,
    "no_wide_access_to_personal_data": _no_wide_access,
    "least_privilege": _least_privilege,
    "owners_are_groups": _owners_are_groups,
    "audit_log_on": _audit_log_on,
    "audit_log_year": _audit_log_year,
    "lineage_recorded": _lineage_recorded,
    "deletion_practised": _deletion_practised,
    "sharing_restricted": _sharing_restricted,
}
