"""One finding for each fact that speaks against a control, naming every control that it fails."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from orchestrator.types import Severity
from orchestrator.workflows.commands.result import Check, Observation
from orchestrator.workspace.governance.compliance import Fact, Standard, Standing, checks
from orchestrator.workspace.governance.evidence import ErasureCheck

AUDITOR, ACCESS, PRIVACY = "compliance-auditor", "access-control-specialist", "data-privacy-guardian"
FACTS, REQUESTS = "evidence", "erasure-requests"
WORDS: Mapping[Standing, str] = {"met": "pass", "gap": "fail", "cannot be seen here": "not evidenced"}
"""How a standing is called in the report: what cannot be seen is never taken as met."""
_SPECIALISTS = {
    "least_privilege": ACCESS, "no_wide_access_to_personal_data": ACCESS, "owners_are_groups": ACCESS,
    "personal_data_tagged": PRIVACY, "personal_data_protected": PRIVACY, "special_data_protected": PRIVACY,
    "card_numbers_masked": PRIVACY, "no_card_secrets": PRIVACY,
}  # fmt: skip
_GRAVE = frozenset(
    {"no_wide_access_to_personal_data", "special_data_protected", "card_numbers_masked", "no_card_secrets",
     "audit_log_on"}
)  # fmt: skip
_CLOSES = {
    "personal_data_tagged": "setup-data-classification",
    "personal_data_protected": "setup-data-masking",
    "special_data_protected": "setup-data-masking",
    "card_numbers_masked": "setup-data-masking",
    "no_wide_access_to_personal_data": "configure-access-control",
    "least_privilege": "configure-access-control --least-privilege",
    "owners_are_groups": "configure-access-control",
    "deletion_practised": "manage-data-retention",
    "sharing_restricted": "configure-delta-share",
}
_SHOWN = 5
ERASURE = Check(
    id="erasure-not-carried-out",
    specialist=AUDITOR,
    severity=Severity.HIGH,
    title="a request of erasure was not carried out in time",
    why="Until a VACUUM has run after the retention, the old files still hold the rows and time travel shows them. "
    "`manage-data-retention` makes the change set and the proof.",
    references=("https://docs.databricks.com/aws/en/delta/vacuum",),
)


def observed(facts: Sequence[Fact], of: Standard) -> Iterator[Observation]:
    """One observation for each fact that is against a control; the requests of erasure have their own."""
    for number, fact in enumerate(facts, start=1):
        controls = [control.number for control in of.controls if fact.name in control.facts]
        if fact.standing != "gap" or not controls or fact.name not in FACT_CHECKS:
            continue
        listed = ", ".join(fact.objects[:_SHOWN])
        more = f" and {len(fact.objects) - _SHOWN} more" if len(fact.objects) > _SHOWN else ""
        yield Observation(
            check=_check(fact, of),
            facts=FACTS,
            row=number,
            about=fact.name,
            message=f"against {of.name} {', '.join(controls)}: {fact.says}" + (f" ({listed}{more})" if listed else ""),
        )


def of_requests(found: Sequence[ErasureCheck]) -> Iterator[Observation]:
    """One observation for each request that was not carried out in time."""
    for number, item in enumerate(found, start=1):
        if item.standing == "gap":
            yield Observation(
                check=ERASURE,
                facts=REQUESTS,
                row=number,
                about=f"{item.table}:{item.requested}",
                message=f"the erasure from {item.table} that was requested on {item.requested}, due {item.deadline}: "
                f"{item.says}",
            )


def _check(fact: Fact, of: Standard) -> Check:
    closes = _CLOSES.get(fact.name)
    how = f" `{closes}` prepares what closes it." if closes else ""
    return Check(
        id=fact.name.replace("_", "-"),
        specialist=_SPECIALISTS.get(fact.name, AUDITOR),
        severity=Severity.HIGH if fact.name in _GRAVE else Severity.MEDIUM,
        title=f"not so: {checks()[fact.name]}",
        why=f"Looked at: {checks()[fact.name]}.{how}",
        references=(of.source,),
    )


FACT_CHECKS = frozenset(checks()) - {"erasure_requests", "rules_over_code"}
