"""`audit-permissions --catalog NAME`: grants against least privilege, by what the audit log shows as used."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from orchestrator.types import Table
from orchestrator.workflows.audit.audit_permissions.checks import observed
from orchestrator.workflows.audit.shape import Audit, Audited
from orchestrator.workflows.commands.parameters import Parameters
from orchestrator.workflows.commands.result import Facts, Gap, Result
from orchestrator.workflows.commands.site import Site
from orchestrator.workspace.audit.log import last_days
from orchestrator.workspace.governance.examination import examined, permissions
from orchestrator.workspace.governance.excess import METHOD, ExcessReport
from orchestrator.workspace.governance.securables import full_name

TABLES = 500
_EPILOG = """examples:
  orchestrate audit-permissions --catalog retail_prod --workspace sandbox
  orchestrate audit-permissions --catalog main --days 180 --workspace prod --output csv=grants.csv
"""


class AuditPermissions(Parameters):
    """What is asked for."""

    catalog: str = Field(min_length=1, max_length=255)
    days: int = Field(default=90, ge=1, le=365)
    path: Path | None = None


def _audited(asked: AuditPermissions, site: Site) -> Audited:
    catalog = full_name("catalog", asked.catalog)
    window = last_days(asked.days, site.today)
    site.progress(f"reading the grants of {catalog} and their use since {window.since}")
    excess = examined(site.workspace, catalog, window, tables=TABLES).report
    site.progress("reading who holds what")
    held = permissions(site.workspace, catalog, tables=TABLES)
    facts = (
        Facts.of("excessive-grants", METHOD, excess.excesses, more=excess.more),
        Facts.of("permissions", f"the grants and owners below {catalog}", held.findings, more=held.more),
    )
    holders = Table(
        title="Direct grants by holder",
        columns=("principal", "grants"),
        rows=tuple((each.principal, each.grants) for each in held.holders),
        note=f"{held.grants} direct grants on {catalog}, its schemas and {held.tables} tables",
    )
    return Audited(
        result=Result(
            facts=facts,
            observations=tuple(observed(excess, held)),
            tables=(_excesses(excess), holders),
            gaps=_undecided(excess),
            notes=excess.limits,
        )
    )


def _excesses(excess: ExcessReport) -> Table:
    rows = tuple(
        (each.principal, each.privilege, each.on, ", ".join(each.reasons), _used(each.used)) for each in excess.excesses
    )
    return Table(
        title="Grants that give too much",
        columns=("principal", "privilege", "on", "because", "used"),
        rows=rows,
        note=f"{excess.method}; {excess.since} to {excess.until}, {excess.uses} uses seen",
    )


def _used(used: tuple[str, ...] | None) -> str:
    return "unknown" if used is None else ", ".join(used) or "nothing"


def _undecided(excess: ExcessReport) -> tuple[Gap, ...]:
    return (Gap(source="use of grants", reason=excess.undecided),) if excess.undecided else ()


COMMAND = Audit(parameters=AuditPermissions, audit=_audited, epilog=_EPILOG)
