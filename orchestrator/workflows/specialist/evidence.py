"""What specialists said, held against the code: each claim with its quote becomes a finding, or is withheld."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

from orchestrator.rules.baseline import apply_baseline
from orchestrator.rules.suppress import suppress
from orchestrator.types import Change, Finding, Spending
from orchestrator.workflows.claims import Answer, as_finding, read_answer
from orchestrator.workflows.naming import Named, named
from orchestrator.workflows.request import Reviewed


@dataclass(frozen=True, slots=True, kw_only=True)
class Testimony:
    """One specialist's answer, or the problem that left none.

    `unseen` are files that it was asked about and that neither its prompt nor a tool showed it; `addressed` are those
    of its files that hold words to a reviewer, so that its silence about them proves nothing.
    """

    agent: str
    text: str
    problem: str | None = None
    unseen: tuple[str, ...] = ()
    addressed: tuple[str, ...] = ()
    spending: Spending | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A testimony, read, and its findings: unverified where the quote stands in the code, withheld where it does not.

    A finding's id tells it from every other place; two specialists that say the same of the same lines share it.
    """

    testimony: Testimony
    answer: Answer
    findings: tuple[Finding, ...]


def hear(
    testimonies: Iterable[Testimony],
    reviewed: Reviewed,
    *,
    today: dt.date,
    change: Change | None = None,
    baseline: frozenset[str] = frozenset(),
) -> tuple[Heard, ...]:
    """The testimonies against the code; a comment silences a finding by its category, the baseline by its id."""
    sources = named(reviewed.sources)
    heard = _told_apart([_heard(testimony, reviewed, sources, today, change) for testimony in testimonies])
    return tuple(replace(each, findings=apply_baseline(each.findings, baseline)) for each in heard)


def _heard(testimony: Testimony, reviewed: Reviewed, sources: Named, today: dt.date, change: Change | None) -> Heard:
    if testimony.problem is None:
        answer = read_answer(testimony.agent, testimony.text)
    else:
        answer = Answer(agent=testimony.agent, claims=(), not_reviewed=(), refused=testimony.problem)
    claimed = (_seen(as_finding(claim, answer.agent, sources), change) for claim in answer.claims)
    findings, _ = suppress(claimed, reviewed.sources, today)
    return Heard(testimony=testimony, answer=answer, findings=findings)


def _seen(finding: Finding, change: Change | None) -> Finding:
    if change is None:
        return finding
    changed = change.lines.get(finding.location.path, frozenset())
    touched = range(finding.location.start_line, finding.location.end_line + 1)
    return replace(finding, in_diff=any(line in touched for line in changed))


def _told_apart(heard: Sequence[Heard]) -> tuple[Heard, ...]:
    """The same, where equal quotes at several places, or with several messages, have ids of their own, in that order.

    What is said of one message is never said of another: a false claim on the same lines takes no true one with it.
    """
    claims: dict[str, set[tuple[int, int, str]]] = {}
    for each in heard:
        for finding in each.findings:
            claims.setdefault(finding.id, set()).add(_claimed(finding))
    ids = {
        (known, claim): known if number == 0 else sha256(f"{known}\0{number}".encode()).hexdigest()[:16]
        for known, several in claims.items()
        for number, claim in enumerate(sorted(several))
    }
    return tuple(
        replace(each, findings=tuple(replace(one, id=ids[one.id, _claimed(one)]) for one in each.findings))
        for each in heard
    )


def _claimed(finding: Finding) -> tuple[int, int, str]:
    return finding.location.start_line, finding.location.end_line, " ".join(finding.message.lower().split())
