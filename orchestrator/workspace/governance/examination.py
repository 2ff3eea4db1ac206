"""Reading a catalog for a judgement of its grants, its personal data and its compliance: the order of the questions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TypeVar

from orchestrator.errors import WorkspaceError
from orchestrator.workspace.audit.log import Window
from orchestrator.workspace.changes import ChangeSet, Told, plan
from orchestrator.workspace.connection import Workspace
from orchestrator.workspace.governance.catalog_audit import CatalogAudit, catalog_audit
from orchestrator.workspace.governance.compliance import ComplianceReport, Standard, report
from orchestrator.workspace.governance.excess import ExcessReport, HeldGrants, excesses, held, least
from orchestrator.workspace.governance.facts import Collected, gathered
from orchestrator.workspace.governance.people import People, people
from orchestrator.workspace.governance.personal import PersonalScan, Sampling, scan
from orchestrator.workspace.governance.usage import Usage, usage

R = TypeVar("R", CatalogAudit, ExcessReport, PersonalScan)


@dataclass(frozen=True, kw_only=True)
class Examined:
    """The direct grants of a catalog, and which of them give too much."""

    held: HeldGrants
    report: ExcessReport


def examined(workspace: Workspace, catalog: str, window: Window, *, tables: int, told: Told | None = None) -> Examined:
    """The grants of the catalog against their use in the window.

    Raises:
        WorkspaceError: the catalog, its grants or the audit log cannot be read.
    """
    found = held(workspace, catalog, limit=tables, told=told)
    return _against(workspace, found, usage(workspace, catalog, window))


def looked_at(workspace: Workspace, catalog: str, window: Window, *, tables: int) -> Examined:
    """The same, also where the log cannot be read: then nothing is called unused, and `undecided` says why.

    Raises:
        WorkspaceError: the catalog or its grants cannot be read.
    """
    found = held(workspace, catalog, limit=tables)
    try:
        return _against(workspace, found, usage(workspace, catalog, window))
    except WorkspaceError as error:
        nothing = _against(workspace, found, Usage(window=window, uses=frozenset(), more=False))
        return replace(nothing, report=nothing.report.model_copy(update={"undecided": str(error)}))


def _against(workspace: Workspace, found: HeldGrants, uses: Usage) -> Examined:
    members, lack = _people(workspace)
    judged = excesses(found, uses, members)
    limits = (*judged.limits, *((f"grants to groups are not called unused: {lack}",) if lack else ()))
    return Examined(held=found, report=judged.model_copy(update={"limits": limits}))


def permissions(workspace: Workspace, catalog: str, *, tables: int, told: Told | None = None) -> CatalogAudit:
    """Who holds what in the catalog, and what of it stands out.

    Raises:
        WorkspaceError: the catalog or its grants cannot be read.
    """
    members, _lack = _people(workspace)
    return catalog_audit(held(workspace, catalog, limit=tables, told=told), members or People(groups={}))


def reduction(workspace: Workspace, found: Examined, keep: Iterable[str]) -> ChangeSet:
    """The change set that leaves each holder the privileges that it uses; one's own grants and `keep` stay.

    Raises:
        WorkspaceError: a grant cannot be read.
    """
    me = workspace.ask("read who is asking", lambda client: client.current_user.me().user_name or "")
    goals = least(found.report, (*keep, me))
    title = titled(f"least privilege in catalog {found.report.catalog}", more=found.report.more)
    return plan(workspace, title, goals)


def compliance(
    workspace: Workspace, of: Standard, found: Examined, window: Window, sampling: Sampling
) -> ComplianceReport:
    """The report of a standard over the catalog that was examined.

    Raises:
        WorkspaceError: the tags of columns cannot be read.
    """
    catalog, tables = found.report.catalog, found.held.tables
    personal = scan(workspace, catalog, tables, sampling)
    collected = Collected(catalog=catalog, tables=tables, scan=personal, excess=found.report, window=window)
    return report(of, catalog, gathered(workspace, collected, of.facts), dt.datetime.now(dt.UTC))


def cut(report: R, shown: str, limit: int) -> R:
    """The report with the first of what the field `shown` lists; `more` says that others were left out."""
    items = getattr(report, shown)
    return report.model_copy(update={shown: items[:limit], "more": report.more or len(items) > limit})


def titled(title: str, *, more: bool) -> str:
    """The title of a change set, which says so when tables or findings were left out of it."""
    return f"{title}, a part of it: ask with more `tables` for the rest" if more else title


def _people(workspace: Workspace) -> tuple[People | None, str]:
    try:
        return people(workspace), ""
    except WorkspaceError as error:
        return None, str(error)
