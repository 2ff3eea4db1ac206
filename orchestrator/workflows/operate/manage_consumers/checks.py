"""What is wrong with the readers of a port, or with what was asked to be changed."""

from __future__ import annotations

from orchestrator.types import Severity
from orchestrator.workflows.commands.result import Check

ACCESS, SECURITY = "unity-catalog-expert", "security-guardian"
_PRIVILEGES = "https://docs.databricks.com/aws/en/data-governance/unity-catalog/manage-privileges/privileges"

UNPROMISED = Check(
    id="reader-without-role",
    specialist=ACCESS,
    severity=Severity.MEDIUM,
    title="a reader is not in the roles of the contract",
    why="Nobody tells it when the port changes, and nobody decided that it may read. Name it in the contract, or "
    "remove it.",
    references=(_PRIVILEGES,),
)
SINGLE = Check(
    id="reader-is-a-person",
    specialist=ACCESS,
    severity=Severity.MEDIUM,
    title="a single person or everybody reads a port",
    why="Grants to persons stay when they change team, and a grant to everybody is no decision. Grant to groups.",
    references=(_PRIVILEGES,),
)
CANNOT_ADD = Check(
    id="not-a-group",
    specialist=SECURITY,
    severity=Severity.HIGH,
    title="what shall read is no group that is known",
    why="Persons join a group, by whoever owns the group; everybody is nobody's decision; an unknown name is a slip.",
    references=(_PRIVILEGES,),
)
RESTRICTED = Check(
    id="restricted-columns",
    specialist=SECURITY,
    severity=Severity.HIGH,
    title="a group that the contract does not name would read restricted columns",
    why="The contract says who may see them. Put the group into its roles first, or mask the columns.",
)
WIDER = Check(
    id="still-reads",
    specialist=ACCESS,
    severity=Severity.MEDIUM,
    title="the removed reader would still read by a wider grant",
    why="A revocation on the port does nothing while a grant above it holds. Whoever keeps the schema or catalog "
    "decides.",
)
BREAKS = Check(
    id="somebody-builds-on-it",
    specialist=ACCESS,
    severity=Severity.MEDIUM,
    title="tables are built on a port whose reader is removed",
    why="Lineage shows only reads that Unity Catalog saw, and not on whose behalf. Ask before the jobs fail.",
)
