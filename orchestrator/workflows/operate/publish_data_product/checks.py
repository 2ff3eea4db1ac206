"""What forbids to publish a port, or has to be known before."""

from __future__ import annotations

from orchestrator.types import Severity
from orchestrator.workflows.commands.result import Check

_CONTRACT, _CATALOG, _SECURITY = "data-contract-validator", "unity-catalog-expert", "security-guardian"
_ODCS = "https://bitol-io.github.io/open-data-contract-standard/"

MISSING = Check(
    id="port-has-no-rows",
    specialist=_CONTRACT,
    severity=Severity.HIGH,
    title="the port is not there, and nothing says what it would be made of",
    why="A table is made by the pipeline that fills it. A view is made here, of the table that --source PORT=TABLE or "
    "`transformSourceObjects` of the contract's columns names.",
    references=(_ODCS,),
)
UNLIKE = Check(
    id="column-unlike-contract",
    specialist=_CONTRACT,
    severity=Severity.HIGH,
    title="a column of the contract is not in the table, or has another type there",
    why="Whoever reads by the contract gets an error or other values. Mend the table, or the contract.",
    references=(_ODCS,),
)
BREAKING = Check(
    id="breaks-readers",
    specialist=_CONTRACT,
    severity=Severity.HIGH,
    title="the new version takes something away from readers and does not say so",
    why="A column that goes or changes its type needs a new major version, published as a port beside the old one.",
    references=(_ODCS,),
)
NOT_A_GROUP = Check(
    id="role-is-no-group",
    specialist=_SECURITY,
    severity=Severity.HIGH,
    title="a role of the contract is a person or everybody",
    why="A person joins a group, by whoever owns the group; everybody is nobody's decision.",
)
STRANGER = Check(
    id="reader-without-role",
    specialist=_CATALOG,
    severity=Severity.HIGH,
    title="somebody holds a grant on the port whom the contract does not know",
    why="Publishing would make a promise about readers that is not true. Name the reader in the contract, or take the "
    "grant back with manage-consumers.",
)
UNOWNED = Check(
    id="port-of-a-person",
    specialist=_CATALOG,
    severity=Severity.MEDIUM,
    title="the port belongs to a person",
    why="When the person leaves, nobody may change the port or its grants. Give it to a group.",
)
