"""The facts for a standard, each with what refused to show it; and requests of erasure as one fact more."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from orchestrator.errors import WorkspaceError
from orchestrator.workspace.audit.deletions import DeletionCompliance, verify
from orchestrator.workspace.audit.lineage import downstream
from orchestrator.workspace.audit.log import Window
from orchestrator.workspace.connection import Workspace
from orchestrator.workspace.governance.compliance import Fact, Standard, Standing
from orchestrator.workspace.governance.examination import looked_at
from orchestrator.workspace.governance.excess import ExcessReport, HeldGrants, excesses
from orchestrator.workspace.governance.facts import FACTS, SHOWN, Collected
from orchestrator.workspace.governance.personal import PersonalScan, Sampling, scan
from orchestrator.workspace.governance.tables import Tables, tables_under
from orchestrator.workspace.governance.usage import Usage
from orchestrator.workspace.records import Record

ERASURE = "erasure_requests"
_YEAR = dt.timedelta(days=365)
_OF_COLUMNS = frozenset(
    {
        "personal_data_tagged", "personal_data_protected", "special_data_protected", "card_numbers_masked",
        "no_card_secrets", "no_wide_access_to_personal_data",
    }
)  # fmt: skip
"""Facts that rest on the scan for personal data."""


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """The facts, by name; `refused` says of a source why it did not answer."""

    facts: tuple[Fact, ...]
    refused: tuple[tuple[str, str], ...]
    tables: int
    more: bool


class ErasureCheck(Record):
    """One request of erasure and what the histories of the tables show of it."""

    table: str
    requested: dt.date
    deadline: dt.date
    standing: Standing
    says: str
    found: DeletionCompliance


@dataclass(frozen=True, kw_only=True)
class Erasure:
    """A request of erasure: the table and the day on which it was made."""

    table: str
    requested: dt.date


def evidence(
    workspace: Workspace, of: Standard, catalog: str, window: Window, sampling: Sampling, *, tables: int
) -> Evidence:
    """The facts of the standard's controls over one catalog.

    Raises:
        WorkspaceError: the tables of the catalog cannot be listed.
    """
    listed = tables_under(workspace, catalog, tables)
    refused: list[tuple[str, str]] = []
    excess = _excess(workspace, catalog, window, listed, refused)
    personal = _personal(workspace, catalog, listed, sampling, refused)
    collected = Collected(catalog=catalog, tables=listed, scan=personal, excess=excess, window=window)
    lacking = {source for source, _why in refused}
    facts = []
    for name in sorted(of.facts):
        if name in _OF_COLUMNS and "personal data" in lacking:
            why = next(why for source, why in refused if source == "personal data")
            facts.append(Fact(name=name, standing="cannot be seen here", says=why))
            continue
        try:
            facts.append(FACTS[name](workspace, collected))
        except WorkspaceError as error:
            refused.append((name, str(error)))
            facts.append(Fact(name=name, standing="cannot be seen here", says=str(error)))
    return Evidence(facts=tuple(facts), refused=tuple(refused), tables=len(listed.items), more=listed.more)


def _excess(
    workspace: Workspace, catalog: str, window: Window, tables: Tables, refused: list[tuple[str, str]]
) -> ExcessReport:
    try:
        report = looked_at(workspace, catalog, window, tables=len(tables.items) or 1).report
    except WorkspaceError as error:
        refused.append(("grants", str(error)))
        nothing = HeldGrants(catalog=catalog, grants=(), tables=tables)
        unknown = excesses(nothing, Usage(window=window, uses=frozenset(), more=False), None)
        return unknown.model_copy(update={"undecided": str(error)})
    if report.undecided:
        refused.append(("use of grants", report.undecided))
    return report


def _personal(
    workspace: Workspace, catalog: str, tables: Tables, sampling: Sampling, refused: list[tuple[str, str]]
) -> PersonalScan:
    try:
        found = scan(workspace, catalog, tables, sampling)
    except WorkspaceError as error:
        refused.append(("personal data", str(error)))
        return PersonalScan(
            scope=catalog, tables=0, columns=0, found=(), unread=(), methods=(), limits=(), more=True,
        )  # fmt: skip
    refused.extend((each.partition(": ")[0], each.partition(": ")[2]) for each in found.unread)
    return found


def with_erasure(of: Standard) -> Standard:
    """The standard with requests of erasure among the facts of the controls that they show."""
    controls = tuple(
        replace(control, facts=(*control.facts, ERASURE)) if control.erasure else control for control in of.controls
    )
    return replace(of, controls=controls)


def verified(workspace: Workspace, request: Erasure, within: dt.timedelta, today: dt.date) -> ErasureCheck:
    """What became of one request.

    Raises:
        WorkspaceError: the table, its history or the lineage cannot be read.
    """
    deadline = request.requested + within
    seen = Window(since=request.requested - _YEAR, until=today)
    copies = downstream(workspace, (request.table,), seen)
    found = verify(workspace, request.table, request.requested, deadline, copies)
    standing, says = judged(found, today)
    return ErasureCheck(
        table=found.table, requested=request.requested, deadline=deadline, standing=standing, says=says, found=found
    )


def judged(found: DeletionCompliance, today: dt.date) -> tuple[Standing, str]:
    """What the histories show: a copy without a deletion may hold nothing of the person, and is named."""
    own, *copies = found.checks
    bad = [check for check in copies if check.standing in {"not purged", "late"}]
    unsure = [check.table for check in copies if check.standing in {"not deleted", "cannot be seen"}]
    if own.standing in {"not deleted", "not purged"} and found.deadline >= today:
        return "cannot be seen here", f"{own.why}; the deadline {found.deadline} is still to come"
    if own.standing == "cannot be seen":
        return "cannot be seen here", own.why
    if own.standing != "purged":
        return "gap", own.why
    if bad:
        return "gap", f"{own.why}; in {bad[0].table}: {bad[0].why}"
    if unsure or found.more:
        named = ", ".join(unsure[:5]) or "further copies"
        return "cannot be seen here", f"{own.why}; whether its copies held the rows is not known: {named}"
    return "met", f"{own.why}, and those of {len(copies)} copies"


def of_requests(checks: Sequence[ErasureCheck]) -> Fact:
    """The requests as one fact."""
    bad = [f"{check.table} of {check.requested}" for check in checks if check.standing == "gap"]
    unseen = [check for check in checks if check.standing == "cannot be seen here"]
    standing: Standing = "gap" if bad else "cannot be seen here" if unseen else "met"
    says = f"requests: {len(checks)}, not carried out in time: {len(bad)}, cannot be told: {len(unseen)}"
    return Fact(name=ERASURE, standing=standing, says=says, objects=tuple(bad[:SHOWN]))
