"""What of a catalog's permissions is a defect, and how grave: one observation for each holder and object."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from orchestrator.types import Severity
from orchestrator.workflows.audit.audit_permissions.drift import Drift
from orchestrator.workflows.commands.result import Check, Observation
from orchestrator.workspace.audit.given import Given
from orchestrator.workspace.governance.holdings import Holding, Kind

ACCESS, POLICY = "access-control-specialist", "policy-enforcer"
_PRIVILEGES = "https://docs.databricks.com/aws/en/data-governance/unity-catalog/manage-privileges/privileges"
_OWNERS = "https://docs.databricks.com/aws/en/data-governance/unity-catalog/manage-privileges/ownership"
HOLDINGS, DRIFT, CHANGES = "holdings", "code-and-live", "rights-given"


def _check(name: str, specialist: str, title: str, why: str, reference: str = _PRIVILEGES) -> Check:
    return Check(
        id=name, specialist=specialist, severity=Severity.MEDIUM, title=title, why=why, references=(reference,)
    )


EVERYBODY = _check(
    "grant-to-everybody", ACCESS, "everybody holds a privilege",
    "Whoever gets an account gets the data with it. Grant to the groups that need it, and take this grant back.",
)  # fmt: skip
POWERFUL = _check(
    "powerful-grant", ACCESS, "a privilege lets its holder change what others may do",
    "ALL PRIVILEGES and MANAGE are for the few who administer. Grant the privileges that are used in their place; "
    "`configure-access-control --least-privilege` computes the change set.",
)  # fmt: skip
UNUSED = _check(
    "grant-beyond-use", ACCESS, "a grant gives more than its holders use",
    "What nobody uses serves only whoever takes the account over. Take it back, or name in the grants' file why it "
    "stays; `configure-access-control --least-privilege` computes the change set.",
)  # fmt: skip
PERSON = _check(
    "grant-to-person", POLICY, "a privilege is granted to one person",
    "Grants to single people are overlooked when somebody changes team or leaves. Grant to a group.",
)  # fmt: skip
LEFT = _check(
    "held-by-leaver", POLICY, "somebody who has left holds or owns something",
    "Nobody answers for it, and an account that is opened again has it at once. Give it to a group.", _OWNERS,
)  # fmt: skip
OWNER = _check(
    "owned-by-person", POLICY, "one person owns a table",
    "When the account is removed nobody can manage the table. Let a group or service principal own it.", _OWNERS,
)  # fmt: skip
ONESELF = replace(
    _check(
        "granted-to-oneself", ACCESS, "an account gave rights to itself",
        "A right that an account gives itself was approved by nobody. Ask who wanted it, take it back, and look at "
        "what was read since with `audit-data-access --principal`.",
    ),
    severity=Severity.HIGH,
)  # fmt: skip
DIFFERS = _check(
    "grant-differs-from-code", POLICY, "the grants of the project and the live ones differ",
    "Who reviews the code approves something else than what holds. Put the grant into the code or take it back.",
)  # fmt: skip
_OF_KIND: Mapping[Kind, Check] = {
    "everybody": EVERYBODY, "has left": LEFT, "powerful": POWERFUL, "person": PERSON, "unused": UNUSED,
    "owner has left": LEFT, "owned by a person": OWNER,
}  # fmt: skip
_DRIFT_SEVERITY = {
    "taken away in the code and live": Severity.MEDIUM,
    "live and not in the code": Severity.LOW,
    "in the code and not live": Severity.LOW,
}


def of_holdings(
    found: Sequence[Holding], given: Sequence[Given], drift: Sequence[Drift], *, compared: bool
) -> Iterator[Observation]:
    """One observation a holding, with who gave it and what the project's code says of it."""
    outside = {(item.principal, item.on): item for item in drift if item.difference != "in the code and not live"}
    for number, item in enumerate(found, start=1):
        by = giver(item, given)
        told = f"; given on {by.time:%Y-%m-%d} by {by.by}" if by else ""
        differs = outside.get((item.principal, item.on)) if compared else None
        told += f"; {differs.difference}" if differs else ""
        verb = "owns" if item.privileges == ("OWNER",) else f"holds {', '.join(item.privileges)} on"
        yield Observation(
            check=_OF_KIND[item.kind],
            facts=HOLDINGS,
            row=number,
            about=f"{item.principal}:{item.on}",
            message=f"{item.principal} {verb} {item.on}: {item.why}{told}",
            severity=Severity(item.severity),
        )


def of_drift(found: Sequence[Drift]) -> Iterator[Observation]:
    """One observation a difference between code and workspace."""
    for number, item in enumerate(found, start=1):
        where = f" ({item.code})" if item.code else ""
        yield Observation(
            check=DIFFERS,
            facts=DRIFT,
            row=number,
            about=f"{item.difference}:{item.principal}:{item.on}",
            message=f"{', '.join(item.privileges)} of {item.principal} on {item.on}: {item.difference}{where}",
            severity=_DRIFT_SEVERITY[item.difference],
        )


def of_oneself(given: Sequence[Given]) -> Iterator[Observation]:
    """One observation for each right that an account gave to itself."""
    for number, item in enumerate(given, start=1):
        if not item.to_oneself:
            continue
        what = f"joined the group {item.on}" if item.is_group else f"took {', '.join(item.rights)} on {item.on}"
        yield Observation(
            check=ONESELF,
            facts=CHANGES,
            row=number,
            about=f"{item.by}:{item.on}",
            message=f"{item.by} {what} by its own grant on {item.time:%Y-%m-%d at %H:%M} UTC",
        )


def giver(item: Holding, given: Sequence[Given]) -> Given | None:
    """The newest event that gave a holding its privileges."""
    full = item.on.partition(" ")[2]
    for each in sorted(given, key=lambda event: event.time, reverse=True):
        rights = {right.upper().replace(" ", "_") for right in each.rights}
        if each.on == full and each.to == item.principal.lower() and rights & set(item.privileges):
            return each
    return None
