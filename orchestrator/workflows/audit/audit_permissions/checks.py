"""What of a catalog's permissions is a defect, and how grave."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from orchestrator.types import Severity
from orchestrator.workflows.commands.result import Check, Observation
from orchestrator.workspace.governance.catalog_audit import CatalogAudit
from orchestrator.workspace.governance.excess import ExcessReport

ACCESS, POLICY = "access-control-specialist", "policy-enforcer"
_PRIVILEGES = "https://docs.databricks.com/aws/en/data-governance/unity-catalog/manage-privileges/privileges"

EXCESS = Check(
    id="grant-beyond-use",
    specialist=ACCESS,
    severity=Severity.MEDIUM,
    title="a grant gives more than its holders use",
    why="What nobody uses serves only whoever takes the account over. Take it back, or name in the grants' file why it "
    "stays; `configure-access-control --least-privilege` computes the change set.",
    references=(_PRIVILEGES,),
)
HELD = Check(
    id="grant-held-badly",
    specialist=POLICY,
    severity=Severity.MEDIUM,
    title="a privilege is held in a way that nobody can keep in order",
    why="Grants to everybody, to single people and to people who have left are overlooked when somebody changes team. "
    "Grant to groups, and let a group or service principal own what production reads.",
    references=(_PRIVILEGES,),
)


def observed(excess: ExcessReport, held: CatalogAudit) -> Iterator[Observation]:
    """One observation a row of facts."""
    for number, grant in enumerate(excess.excesses, start=1):
        yield Observation(
            check=replace(EXCESS, severity=Severity(grant.severity)),
            facts="excessive-grants",
            row=number,
            about=f"{grant.principal}:{grant.privilege}:{grant.on}",
            message=f"{grant.principal} holds {grant.privilege} on {grant.on}: {grant.why}",
        )
    for number, finding in enumerate(held.findings, start=1):
        yield Observation(
            check=replace(HELD, severity=Severity(finding.severity)),
            facts="permissions",
            row=number,
            about=f"{finding.check}:{finding.principal}:{finding.object}",
            message=f"{finding.object}, {finding.principal}: {finding.check}: {finding.why}",
        )
