"""`audit-permissions --catalog NAME`: grants against least privilege, by what the audit log shows as used."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from pydantic import Field

from orchestrator.errors import WorkspaceError
from orchestrator.types import Table
from orchestrator.workflows.audit.audit_permissions import checks, code
from orchestrator.workflows.audit.audit_permissions.drift import Drift, drifts, unexplained
from orchestrator.workflows.audit.shape import Audit, Audited
from orchestrator.workflows.commands.parameters import Parameters
from orchestrator.workflows.commands.result import Facts, Gap, Result
from orchestrator.workflows.commands.site import Site
from orchestrator.workspace.audit.given import Given
from orchestrator.workspace.audit.log import Window, last_days
from orchestrator.workspace.governance.examination import Examined, looked_at
from orchestrator.workspace.governance.excess import METHOD, ExcessReport
from orchestrator.workspace.governance.holdings import Holding, holdings
from orchestrator.workspace.governance.people import People, people
from orchestrator.workspace.governance.securables import full_name
from orchestrator.workspace.governance.self_granting import rights_given

TABLES = 500
HOLDERS = 20
_EPILOG = """examples:
  orchestrate audit-permissions --catalog retail_prod --workspace sandbox
  orchestrate audit-permissions --catalog main --days 180 --workspace prod --output csv=grants.csv
  orchestrate audit-permissions --catalog main --path . --workspace prod
"""


class AuditPermissions(Parameters):
    """What is asked for."""

    catalog: str = Field(min_length=1, max_length=255)
    days: int = Field(default=90, ge=1, le=365)
    path: Path | None = None


def _audited(asked: AuditPermissions, site: Site) -> Audited:
    catalog = full_name("catalog", asked.catalog)
    window = last_days(asked.days, site.today)
    declared = code.read(asked.path, catalog, site) if asked.path is not None else None
    site.progress(f"reading the grants of {catalog} and their use since {window.since}")
    found = looked_at(site.workspace, catalog, window, tables=TABLES)
    members = _people(site)
    held = holdings(found.held, found.report, members)
    site.progress("reading who gave rights to whom")
    given, gaps = _given(site, catalog, window, found)
    objects = (str(grant.of) for grant in found.held.grants)
    places = (f"catalog {catalog}", *objects, *(f"table {table.name}" for table in found.held.tables.items))
    differences = drifts(found.held.grants, declared.grants, places) if declared else ()
    shown = unexplained(differences, held)
    return Audited(
        result=Result(
            facts=_facts(catalog, found, held, given, shown),
            observations=(
                *checks.of_holdings(held, given, differences, compared=declared is not None),
                *checks.of_oneself(given),
                *checks.of_drift(shown),
            ),
            tables=(*_tables(found, held, given), *((_of_code(differences, declared.grants),) if declared else ())),
            gaps=(*gaps, *_undecided(found.report)),
            notes=(*found.report.limits, *(declared.notes if declared else ())),
            reviewed=declared.reviewed if declared else None,
        )
    )


def _people(site: Site) -> People | None:
    """The members of groups; what follows from their absence is among the limits of the report."""
    try:
        return people(site.workspace)
    except WorkspaceError:
        return None


def _given(site: Site, catalog: str, window: Window, found: Examined) -> tuple[tuple[Given, ...], tuple[Gap, ...]]:
    try:
        given, more = rights_given(site.workspace, catalog, window, found.held)
    except WorkspaceError as error:
        return (), (Gap(source="changes of privileges", reason=str(error)),)
    older = Gap(source="changes of privileges", reason="older changes of these days were not read; ask for fewer days")
    return given, (older,) if more else ()


def _facts(
    catalog: str, found: Examined, held: Sequence[Holding], given: Sequence[Given], shown: Sequence[Drift]
) -> tuple[Facts, ...]:
    more = found.report.more
    facts = [
        Facts.of(checks.HOLDINGS, METHOD, held, more=more),
        Facts.of(checks.CHANGES, f"system.access.audit: changes of privileges in {catalog} and of groups", given),
    ]
    if shown:
        facts.append(Facts.of(checks.DRIFT, "the grants of the project's SQL and bundles, and the live ones", shown))
    return tuple(facts)


def _tables(found: Examined, held: Sequence[Holding], given: Sequence[Given]) -> tuple[Table, ...]:
    report = found.report
    counted = Counter(grant.principal for grant in found.held.grants)
    holders = sorted(counted.items(), key=lambda item: (-item[1], item[0]))
    rows = tuple(
        (each.principal, ", ".join(each.privileges), each.on, each.kind, _used(each), _by(each, given)) for each in held
    )
    return (
        Table(
            title="Holdings that give too much or are held badly",
            columns=("principal", "privileges", "on", "because", "used", "given"),
            rows=rows,
            note=f"{report.method}; {report.since} to {report.until}, {report.uses} uses seen",
        ),
        Table(
            title="Rights given in these days",
            columns=("time", "by", "to", "rights", "on"),
            rows=tuple(
                (f"{each.time:%Y-%m-%d %H:%M}", each.by, each.to, ", ".join(each.rights), each.on) for each in given
            ),
            note="UTC; events of the audit log about the catalog, and members added to groups that matter for it",
        ),
        Table(
            title="Direct grants by holder",
            columns=("principal", "grants"),
            rows=tuple(holders[:HOLDERS]),
            note=f"{len(found.held.grants)} direct grants on {found.held.catalog}, its schemas and "
            f"{len(found.held.tables.items)} tables",
        ),
    )


def _of_code(differences: Sequence[Drift], grants: Sequence[object]) -> Table:
    return Table(
        title="Grants of the project and live ones",
        columns=("difference", "principal", "privileges", "on", "code"),
        rows=tuple(
            (each.difference, each.principal, ", ".join(each.privileges), each.on, each.code or "")
            for each in differences
        ),
        note=f"{len(grants)} statements and entries of the project grant or revoke in this catalog; only objects that "
        "they name are compared",
    )


def _used(holding: Holding) -> str:
    if holding.used is None:
        return "" if holding.privileges == ("OWNER",) else "not judged"
    return ", ".join(holding.used) or "nothing"


def _by(holding: Holding, given: Sequence[Given]) -> str:
    found = checks.giver(holding, given)
    return f"{found.time:%Y-%m-%d} by {found.by}" if found else "not seen in these days"


def _undecided(excess: ExcessReport) -> tuple[Gap, ...]:
    return (Gap(source="use of grants", reason=excess.undecided),) if excess.undecided else ()


COMMAND = Audit(parameters=AuditPermissions, audit=_audited, epilog=_EPILOG)
