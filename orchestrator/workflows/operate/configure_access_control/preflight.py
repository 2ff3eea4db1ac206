"""What speaks against a change of grants before it is applied: each HIGH one stops `--apply`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from orchestrator.types import Severity
from orchestrator.workflows.commands.result import Check, Facts, Observation, Row
from orchestrator.workflows.operate.configure_access_control.wanted import WantedGrant
from orchestrator.workspace.changes import Change
from orchestrator.workspace.governance.grants import POWERFUL, GrantSetting
from orchestrator.workspace.governance.people import People, is_person
from orchestrator.workspace.governance.standing import Standing

ACCESS, POLICY = "access-control-specialist", "policy-enforcer"
MOST = 200
"""Changes of one set; more are not read by anybody before they are approved."""
FACTS = "grant-changes"
_DOCS = "https://docs.databricks.com/aws/en/data-governance/unity-catalog/manage-privileges/privileges"


def _check(name: str, specialist: str, title: str, why: str, severity: Severity = Severity.HIGH) -> Check:
    return Check(id=name, specialist=specialist, severity=severity, title=title, why=why, references=(_DOCS,))


EVERYBODY = _check(
    "grant-to-everybody", POLICY, "everybody would get a privilege",
    "Whoever gets an account gets the data with it; BROWSE alone shows nothing of it. Name the group that needs it.",
)  # fmt: skip
PERSON = _check(
    "person-without-reason", POLICY, "one person would get a privilege without a reason and an end",
    "Grants to single people are forgotten. Grant to a group, or write reason and day of the end beside the grant.",
)  # fmt: skip
POWER = _check(
    "power-without-reason", ACCESS, "ALL PRIVILEGES or MANAGE without a reason",
    "Its holder may change what others may do. Grant what is used, or write the reason beside the grant.",
)  # fmt: skip
OWN = _check(
    "own-privileges", ACCESS, "who applies this would lose privileges",
    "The rest of the set, and its way back, may need them. Let somebody else apply it, or leave these out.",
)  # fmt: skip
OWN_GROUP = _check(
    "own-group", ACCESS, "a group of whoever applies this would lose privileges",
    "The way back may need them: see that you hold them otherwise.", Severity.MEDIUM,
)  # fmt: skip
NOBODY = _check(
    "nobody-manages", ACCESS, "nobody but one person could manage the object",
    "When that account is removed, nobody can change its grants. Leave MANAGE with a group, or make one the owner.",
)  # fmt: skip
RUN_AS = _check(
    "job-loses", POLICY, "a job runs as a principal that would lose privileges",
    "The job fails at its next run if it needs them. Change the job first, or leave the privileges out.",
)  # fmt: skip
MANY = _check(
    "too-many-changes", POLICY, "more changes than a person reads",
    "Who approves what was not read approves nothing. Make the set of one schema, with --grants and a file for it.",
)  # fmt: skip
STAYS = _check(
    "still-inherited", ACCESS, "a privilege that is taken away stays through a grant above",
    "The principal can do the same afterwards. Take the grant above away, or know that this changes nothing.",
    Severity.LOW,
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Moved:
    """What one principal gains and loses on one object, and the words of the file beside it."""

    setting: GrantSetting
    gains: frozenset[str]
    loses: frozenset[str]
    wanted: WantedGrant | None

    @property
    def about(self) -> str:
        """The principal and the object."""
        return f"{self.setting.principal}:{self.setting.of}"


def moved(changes: Iterable[Change], wanted: Mapping[str, WantedGrant]) -> tuple[Moved, ...]:
    """What the grants among the changes give and take; to turn ALL PRIVILEGES into some of them gives nothing."""
    return tuple(
        Moved(
            setting=change.setting,
            gains=_gains(set(change.before or ()), set(change.after or ())),
            loses=frozenset(set(change.before or ()) - set(change.after or ())),
            wanted=wanted.get(change.setting.subject),
        )
        for change in changes
        if isinstance(change.setting, GrantSetting)
    )


def _gains(before: set[str], after: set[str]) -> frozenset[str]:
    gained = after - before
    return frozenset(gained & POWERFUL if "ALL_PRIVILEGES" in before else gained)


def facts(found: Iterable[Moved]) -> Facts:
    """A row for each change of grants."""
    rows: tuple[Row, ...] = tuple(
        {
            "principal": each.setting.principal,
            "on": str(each.setting.of),
            "gains": ", ".join(sorted(each.gains)),
            "loses": ", ".join(sorted(each.loses)),
            "wanted_at": each.wanted.place if each.wanted else None,
            "reason": each.wanted.reason if each.wanted else None,
        }
        for each in found
    )
    return Facts(name=FACTS, source="the grants that are live and those that are wanted", rows=rows)


def observed(found: tuple[Moved, ...], standing: Standing, today: dt.date) -> Iterator[Observation]:
    """What speaks against them, row by row."""
    for row, each in enumerate(found, start=1):
        for check, message in (*_of_gains(each, today), *_of_losses(each, standing)):
            yield Observation(check=check, facts=FACTS, row=row, about=each.about, message=message)
    if len(found) > MOST:
        message = f"the set has {len(found)} changes of grants, and {MOST} are the most that are applied at once"
        yield Observation(check=MANY, facts=FACTS, row=1, about="all", message=message)


def _of_gains(each: Moved, today: dt.date) -> Iterator[tuple[Check, str]]:
    place = f" ({each.wanted.place})" if each.wanted else ""
    who, on = each.setting.principal, each.setting.of
    wide = each.gains - {"BROWSE"}
    if People.everybody(who) and wide:
        yield EVERYBODY, f"everybody ({who}) would get {', '.join(sorted(wide))} on {on}{place}"
    reason = each.wanted.reason if each.wanted else ""
    until = each.wanted.until if each.wanted else None
    if is_person(who) and each.gains and (until is None or reason == until.isoformat()):
        yield PERSON, f"{who} would get {', '.join(sorted(each.gains))} on {on} with no reason and end beside it{place}"
    elif is_person(who) and each.gains and until is not None and until < today:
        yield PERSON, f"{who} would get {', '.join(sorted(each.gains))} on {on}, which ended on {until}{place}"
    if each.gains & POWERFUL and not reason:
        yield POWER, f"{who} would get {', '.join(sorted(each.gains & POWERFUL))} on {on} without a reason{place}"


def _of_losses(each: Moved, standing: Standing) -> Iterator[tuple[Check, str]]:
    who, on, lost = each.setting.principal, each.setting.of, ", ".join(sorted(each.loses))
    if not each.loses:
        return
    if who.lower() == standing.me:
        yield OWN, f"{who}, who asks, would lose {lost} on {on}"
    elif who.lower() in standing.my_groups:
        yield OWN_GROUP, f"{who}, a group of {standing.me}, would lose {lost} on {on}"
    owner = standing.owners.get(str(on))
    if "MANAGE" in each.loses and owner and is_person(owner) and not standing.managers(on):
        yield NOBODY, f"after it nobody holds MANAGE on {on}, and one person owns it: {owner}"
    if jobs := standing.jobs.get(who.lower()):
        yield RUN_AS, f"{who} would lose {lost} on {on}, and runs {', '.join(jobs[:3])}"
    if above := sorted(each.loses & standing.above.get((who.lower(), str(on)), frozenset())):
        yield STAYS, f"{who} keeps {', '.join(above)} on {on}: granted above it"
