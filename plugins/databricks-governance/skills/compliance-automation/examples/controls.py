"""Results of controls from evidence: `python controls.py`. Pure Python. Missing or old evidence is never a pass."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

Row = Mapping[str, object]


class Result(StrEnum):
    """The answer to one control."""

    PASS = "pass"
    FAIL = "fail"
    EXCEPTED = "excepted"
    NO_EVIDENCE = "no evidence"


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What one query returned: when, over how many objects, and the rows that answer."""

    control: str
    collected_at: datetime
    objects_in_scope: int
    rows: tuple[Row, ...]


@dataclass(frozen=True, kw_only=True)
class Control:
    """One question: who asks it, how old an answer may be, and what in a row breaks it."""

    identifier: str
    question: str
    standards: tuple[str, ...]
    largest_age: timedelta
    breaks: Callable[[Row], bool]
    subject: Callable[[Row], str]


@dataclass(frozen=True, kw_only=True)
class Exemption:
    """A breach that somebody accepted, until a day."""

    control: str
    subject: str
    owner: str
    reason: str
    until: date


@dataclass(frozen=True, kw_only=True)
class Finding:
    """The result of one control and what it rests on."""

    control: Control
    result: Result
    reason: str
    breaches: tuple[str, ...] = ()


CONTROLS = (
    Control(
        identifier="C3",
        question="Is access by role, and not for everybody or for persons?",
        standards=("SOC 2 CC6.1", "SOC 2 CC6.3", "HIPAA 164.308(a)(4)", "PCI DSS 7.2"),
        largest_age=timedelta(days=1),
        breaks=lambda row: row["grantee"] in ("account users", "users") or "@" in str(row["grantee"]),
        subject=lambda row: f"{row['table']} to {row['grantee']}",
    ),
    Control(
        identifier="C7",
        question="Are deletion requests verified within 30 days?",
        standards=("GDPR 17", "GDPR 12(3)"),
        largest_age=timedelta(days=1),
        breaks=lambda row: row["verified_after_days"] is None or int(str(row["verified_after_days"])) > 30,
        subject=lambda row: f"request {row['request']}",
    ),
)


def newest(evidence: Iterable[Evidence], identifier: str) -> Evidence | None:
    """The latest evidence for a control, or None."""
    return max(
        (item for item in evidence if item.control == identifier), key=lambda item: item.collected_at, default=None
    )


def evaluate(control: Control, evidence: Evidence | None, exemptions: Sequence[Exemption], now: datetime) -> Finding:
    """The result of one control: nothing collected, nothing in scope or too old is no evidence; an exemption that
    has ended does not count.
    """
    if evidence is None:
        return Finding(control=control, result=Result.NO_EVIDENCE, reason="nothing was collected")
    if now - evidence.collected_at > control.largest_age:
        return Finding(
            control=control,
            result=Result.NO_EVIDENCE,
            reason=f"the last evidence is of {evidence.collected_at:%Y-%m-%d}",
        )
    if evidence.objects_in_scope == 0:
        return Finding(
            control=control, result=Result.NO_EVIDENCE, reason="the query saw no object; check what it may read"
        )
    broken = [control.subject(row) for row in evidence.rows if control.breaks(row)]
    excepted = {item.subject for item in exemptions if item.control == control.identifier and item.until >= now.date()}
    open_breaches = tuple(subject for subject in broken if subject not in excepted)
    if open_breaches:
        return Finding(
            control=control, result=Result.FAIL, reason=f"{len(open_breaches)} breaches", breaches=open_breaches
        )
    if broken:
        return Finding(
            control=control, result=Result.EXCEPTED, reason=f"{len(broken)} accepted breaches", breaches=tuple(broken)
        )
    return Finding(control=control, result=Result.PASS, reason=f"{evidence.objects_in_scope} objects, no breach")


def findings(evidence: Sequence[Evidence], exemptions: Sequence[Exemption], now: datetime) -> list[Finding]:
    """One finding for every control, whether there is evidence or not."""
    return [evaluate(control, newest(evidence, control.identifier), exemptions, now) for control in CONTROLS]


def report(results: Sequence[Finding]) -> str:
    """A table for people: result, control, clauses, reason; the breaches beneath."""
    lines = ["| result | control | question | asked by | rests on |", "|---|---|---|---|---|"]
    for item in results:
        clauses = ", ".join(item.control.standards)
        lines.append(
            f"| {item.result} | {item.control.identifier} | {item.control.question} | {clauses} | {item.reason} |"
        )
    lines.extend(f"- {item.control.identifier}: {breach}" for item in results for breach in item.breaches)
    return "\n".join(lines)


def passed(results: Sequence[Finding]) -> bool:
    """Whether every control passes or is excepted."""
    return all(item.result in (Result.PASS, Result.EXCEPTED) for item in results)


def sample(now: datetime) -> list[Evidence]:
    """Evidence with one grant to everybody; nothing about deletion requests."""
    rows = (
        {"table": "prod.sales.customers", "grantee": "account users"},
        {"table": "prod.sales.orders", "grantee": "sales-readers"},
    )
    return [Evidence(control="C3", collected_at=now, objects_in_scope=120, rows=rows)]


if __name__ == "__main__":
    moment = datetime.now(tz=UTC)
    outcome = findings(sample(moment), [], moment)
    print(report(outcome))
    assert [item.result for item in outcome] == [Result.FAIL, Result.NO_EVIDENCE]
    assert not passed(outcome)
