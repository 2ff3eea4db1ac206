"""Which of the days that stand out is what kind of finding: one finding for each account and day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace

from orchestrator.code.bundle.model import names_production
from orchestrator.types import Severity
from orchestrator.workflows.commands.result import Check, Observation
from orchestrator.workspace.audit.standing_out import Signal, StandingDay

ANALYZER, PRIVACY = "audit-log-analyzer", "data-privacy-guardian"
FACTS = "days-that-stand-out"
_LOG = "https://docs.databricks.com/aws/en/admin/system-tables/audit-logs"


def _check(name: str, severity: Severity, title: str, why: str) -> Check:
    return Check(id=name, specialist=ANALYZER, severity=severity, title=title, why=why, references=(_LOG,))


CHECKS: Mapping[Signal, Check] = {
    "rights to oneself": _check(
        "rights-to-oneself", Severity.HIGH, "an account gave rights to itself",
        "A right that an account gives itself was approved by nobody. Ask who wanted it, take it back, and look at "
        "what was reached since then.",
    ),
    "rights to everybody": _check(
        "rights-to-everybody", Severity.HIGH, "rights were given to every account",
        "Whoever gets an account gets the data with it. Take the grant back and give it to the groups that need it.",
    ),
    "export": _check(
        "unusual-export", Severity.HIGH, "far more was exported than usual",
        "What was downloaded is out of reach of grants, masks and erasure. Ask what it was for; if nobody knows, close "
        "the account's sessions and tokens first.",
    ),
    "refused": _check(
        "refused-burst", Severity.MEDIUM, "many requests were refused on one day",
        "One refusal is a mistake; dozens on several tables are a search. See whether the same account was let in "
        "later, and from where it came.",
    ),
    "night": _check(
        "night-from-new-address", Severity.MEDIUM, "access outside of working hours from a new address",
        "Hours or address alone mean little; together they are how a stolen token looks. Ask the holder, and end the "
        "sessions and tokens if it was somebody else.",
    ),
    "deletion": _check(
        "deleted-by-person", Severity.MEDIUM, "a person deleted an object",
        "What runs in production is deleted by the jobs and bundles that made it. UNDROP TABLE brings a table back for "
        "seven days after it was dropped.",
    ),
    "unusual": _check(
        "unusual-day", Severity.MEDIUM, "an account did far more than usual on one day",
        "The method compares the day with the same weekdays of the sample. A new job or a release explains most such "
        "days; the rest is worth a question.",
    ),
}  # fmt: skip


def observed(days: Sequence[StandingDay], personal: AbstractSet[str]) -> Iterator[Observation]:
    """One observation a day; one that reached tables with personal data is of the privacy specialist and graver."""
    for number, item in enumerate(days, start=1):
        check = CHECKS[item.signals[0]]
        touched = sorted(personal & set(item.objects))
        reached = f"; personal data is tagged in {', '.join(touched[:3])}" if touched else ""
        yield Observation(
            check=replace(check, specialist=PRIVACY) if touched else check,
            facts=FACTS,
            row=number,
            about=f"{item.principal}:{item.day}",
            message=f"{item.principal} on {item.day}: {'; '.join(item.says)}{reached}",
            severity=_severity(item, check, personal=bool(touched)),
        )


def _severity(item: StandingDay, check: Check, *, personal: bool) -> Severity:
    signal = item.signals[0]
    if signal in {"refused", "night"} and personal:
        return Severity.HIGH
    if signal == "deletion" and not any(names_production(name.split(".")[0]) for name in item.objects):
        return Severity.LOW
    return check.severity
