"""`generate-compliance-report --standard NAME --catalog NAME`: pass, fail or not evidenced, never assumed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from pydantic import Field

from orchestrator.errors import UsageError
from orchestrator.types import Table
from orchestrator.workflows.audit.generate_compliance_report import code
from orchestrator.workflows.audit.generate_compliance_report.checks import (
    FACTS,
    REQUESTS,
    WORDS,
    observed,
    of_requests,
)
from orchestrator.workflows.audit.shape import Audit, Audited
from orchestrator.workflows.commands.parameters import Parameters
from orchestrator.workflows.commands.result import Facts, Gap, Result
from orchestrator.workflows.commands.site import Site
from orchestrator.workspace.audit.log import last_days
from orchestrator.workspace.governance import evidence as evidence_of
from orchestrator.workspace.governance.compliance import (
    NOTE,
    ComplianceReport,
    Fact,
    Standard,
    checks,
    report,
    standard,
)
from orchestrator.workspace.governance.evidence import ErasureCheck, Evidence, evidence, verified, with_erasure
from orchestrator.workspace.governance.personal import Sampling
from orchestrator.workspace.governance.securables import full_name
from orchestrator.workspace.names import table_name

TABLES, ROWS, SECONDS = 500, 20, 300.0
_EPILOG = """examples:
  orchestrate generate-compliance-report --standard GDPR --catalog retail_prod --workspace sandbox
  orchestrate generate-compliance-report --standard SOC2 --catalog main --path . --output html=soc2.html
  orchestrate generate-compliance-report --standard GDPR --catalog main --erasure main.crm.customers=2026-10-01
"""
_WITHIN = {"CCPA": dt.timedelta(days=45)}
_MONTH = dt.timedelta(days=30)


class GenerateComplianceReport(Parameters):
    """What is asked for."""

    standard: Literal["GDPR", "HIPAA", "SOC2", "CCPA", "PCI-DSS"] = "GDPR"
    catalog: str = Field(min_length=1, max_length=255)
    days: int = Field(default=90, ge=1, le=365)
    path: Path | None = None
    erasure: tuple[str, ...] = Field(default=(), max_length=100)


def _audited(asked: GenerateComplianceReport, site: Site) -> Audited:
    requests = tuple(_request(text, site.today) for text in asked.erasure)
    catalog, window = full_name("catalog", asked.catalog), last_days(asked.days, site.today)
    of = standard(asked.standard)
    review = code.reviewed(asked.path, of, site) if asked.path is not None else None
    site.progress(f"collecting evidence for {len(of.controls)} controls of {of.name} in {catalog}")
    found = evidence(site.workspace, of, catalog, window, Sampling(rows=ROWS, seconds=SECONDS), tables=TABLES)
    facts = found.facts
    erased: tuple[ErasureCheck, ...] = ()
    if requests:
        site.progress(f"verifying {len(requests)} requests of erasure")
        within = _WITHIN.get(of.name, _MONTH)
        erased = tuple(verified(site.workspace, each, within, site.today) for each in requests)
        of, facts = with_erasure(of), (*facts, evidence_of.of_requests(erased))
    if review is not None:
        of, of_code = code.with_code(of, review)
        facts = (*facts, *of_code)
    made = report(of, catalog, facts, site.now)
    return Audited(
        result=Result(
            facts=_facts(made, erased, facts, more=found.more),
            observations=(*observed(facts, of), *of_requests(erased)),
            tables=(
                _about(made, window.days),
                _controls(of, made),
                _evidence(facts),
                *((_erased(erased),) if erased else ()),
            ),
            gaps=tuple(_gaps(found, catalog)),
            notes=(_counted(made), NOTE, *_limits(erased)),
            reviewed=review,
        )
    )


def _request(text: str, today: dt.date) -> evidence_of.Erasure:
    """One request as TABLE=YYYY-MM-DD.

    Raises:
        UsageError: it is not of that form, or its day is still to come.
    """
    table, equals, day = text.partition("=")
    try:
        requested = dt.date.fromisoformat(day.strip())
    except ValueError:
        equals = ""
    if not equals:
        raise UsageError(
            f"--erasure {text[:80]!r} is no request; write TABLE=YYYY-MM-DD, as main.crm.customers=2026-10-01"
        )
    if requested > today:
        raise UsageError(f"--erasure {text[:80]!r} is of a day still to come; give the day on which it was requested")
    return evidence_of.Erasure(table=str(table_name(table.strip())), requested=requested)


def _facts(
    made: ComplianceReport, erased: Sequence[ErasureCheck], facts: Sequence[Fact], *, more: bool
) -> tuple[Facts, ...]:
    rows = [
        Facts.of(FACTS, f"the workspace and the code, for {made.standard} in {made.catalog}", facts, more=more),
        Facts.of("controls", f"the controls of {made.standard} over the evidence", made.controls),
    ]
    if erased:
        rows.append(Facts.of(REQUESTS, "the histories of the tables and their copies", erased))
    return tuple(rows)


def _controls(of: Standard, made: ComplianceReport) -> Table:
    rules = {control.number: control.rules for control in of.controls}
    rows = tuple(
        (
            each.number,
            each.title,
            WORDS[each.standing],
            "; ".join(each.says),
            ", ".join(each.shown_by) or "nothing in a workspace shows it",
            ", ".join(rules[each.number]),
        )
        for each in made.controls
    )
    note = (
        "pass: every fact of the control was looked at and none speaks against it; rules look at code with --path and "
        "can only speak against a control"
    )
    columns = ("control", "title", "standing", "evidence", "shown by", "rules")
    return Table(title=f"Controls of {made.standard} in {made.catalog}", columns=columns, rows=rows, note=note)


def _evidence(facts: Sequence[Fact]) -> Table:
    rows = tuple(
        (
            each.name,
            checks().get(each.name, checks()["rules_over_code"]),
            WORDS[each.standing],
            each.says,
            ", ".join(each.objects),
        )
        for each in facts
    )
    columns = ("fact", "what is checked", "standing", "says", "objects")
    return Table(title="Evidence", columns=columns, rows=rows, note="at most 20 objects of each fact are listed")


def _erased(erased: Sequence[ErasureCheck]) -> Table:
    rows = tuple(
        (each.table, str(each.requested), str(each.deadline), check.table, check.standing, check.why)
        for each in erased
        for check in each.found.checks
    )
    columns = ("request", "of", "due", "table", "standing", "why")
    return Table(title="Requests of erasure", columns=columns, rows=rows, note="the table itself, then its copies")


def _about(made: ComplianceReport, days: int) -> Table:
    """What a reader of the tables alone has to know."""
    rows = (
        ("standard", f"{made.standard}: {made.title}"),
        ("text of the standard", made.source),
        ("list of controls as of", str(made.controls_as_of)),
        ("catalog", made.catalog),
        ("evidence", f"{days} days to {made.made:%Y-%m-%d %H:%M} UTC"),
        ("standings", _counted(made)),
        ("note", NOTE),
    )
    return Table(title="About this report", columns=("what", "value"), rows=rows)


def _counted(made: ComplianceReport) -> str:
    return f"{made.met} pass, {made.gaps} fail, {made.unseen} not evidenced of {len(made.controls)} controls"


def _limits(erased: Sequence[ErasureCheck]) -> tuple[str, ...]:
    return erased[0].found.limits if erased else ()


def _gaps(found: Evidence, catalog: str) -> list[Gap]:
    gaps = [Gap(source=source, reason=why) for source, why in found.refused]
    if found.more:
        gaps.append(Gap(source=catalog, reason=f"only {found.tables} tables of the catalog were looked at"))
    return gaps


COMMAND = Audit(parameters=GenerateComplianceReport, audit=_audited, epilog=_EPILOG)
