"""Joins a review by rules with what agents claimed: one finding a defect, each with its quote."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache

from orchestrator.rules.engine import order
from orchestrator.rules.suppress import suppress
from orchestrator.types import Change, Finding, Source, SpecialistCoverage, Standing, Status
from orchestrator.workflows.claims import Answer, as_finding, read_answer
from orchestrator.workflows.request import Reviewed

SAME = 0.4
"""Share of words that two messages at the same lines have in common when they tell of one defect."""
_WORD = re.compile(r"[a-z0-9_]{3,}")


def merged(
    reviewed: Reviewed, answers: Iterable[tuple[str, str]], *, today: dt.date, change: Change | None = None
) -> Reviewed:
    """The review with the claims of agents; `answers` are pairs of an agent's name and its text.

    A claim whose quote does not stand in the code is withheld and counted. One that a rule or another agent has
    reported at the same lines adds its agent's name to that finding. A comment silences a claim by its category.
    Agents' findings never reach the gate: nobody has tried to refute them.
    """
    review = reviewed.review
    findings = list(review.findings)
    lines: list[SpecialistCoverage] = []
    notes: list[str] = []
    for agent, text in answers:
        answer = read_answer(agent, text)
        claimed = [_seen(as_finding(claim, agent, reviewed.sources), change) for claim in answer.claims]
        made, _ = suppress(claimed, reviewed.sources, today)
        for finding in made:
            _add(findings, finding)
        lines.append(_line(answer, made))
        notes.extend(_notes(answer))
    joined = replace(
        review,
        findings=tuple(sorted(findings, key=order)),
        specialists=_joined(review.specialists, lines),
        notes=(*review.notes, *notes),
    )
    return replace(reviewed, review=joined)


def _seen(finding: Finding, change: Change | None) -> Finding:
    if change is None:
        return finding
    changed = change.lines.get(finding.location.path, frozenset())
    touched = range(finding.location.start_line, finding.location.end_line + 1)
    return replace(finding, in_diff=any(line in touched for line in changed))


def _add(findings: list[Finding], new: Finding) -> None:
    for index, known in enumerate(findings):
        if new.standing is not Standing.WITHHELD and _is_same(known, new):
            findings[index] = _one(known, new)
            return
    findings.append(new)


def _one(known: Finding, new: Finding) -> Finding:
    """One defect that two have seen: what a rule says stands; of two agents, the one that calls it graver is kept."""
    is_graver = new.severity.rank < known.severity.rank and new.suppressed_by is None
    kept = new if known.source is Source.MODEL and is_graver else known
    return replace(kept, specialists=tuple(dict.fromkeys((*known.specialists, *new.specialists))))


def _is_same(known: Finding, new: Finding) -> bool:
    if known.location.path != new.location.path or known.standing is Standing.WITHHELD:
        return False
    if known.location.end_line < new.location.start_line or new.location.end_line < known.location.start_line:
        return False
    return known.rule == new.rule or _likeness(_words(known), _words(new)) >= SAME


def _words(finding: Finding) -> frozenset[str]:
    return _words_of(finding.message)


@lru_cache(maxsize=20_000)
def _words_of(message: str) -> frozenset[str]:
    return frozenset(_WORD.findall(message.lower()))


def _likeness(first: frozenset[str], second: frozenset[str]) -> float:
    """The share of the shorter message's words that the longer one has too; 0 where one has none."""
    least = min(len(first), len(second))
    return len(first & second) / least if least else 0.0


def _line(answer: Answer, made: tuple[Finding, ...]) -> SpecialistCoverage:
    shown = sum(finding.is_shown for finding in made)
    if answer.refused is not None:
        return SpecialistCoverage(
            name=answer.agent, status=Status.SKIPPED, rules=0, findings=0, reason=answer.refused, incomplete=True
        )
    reasons = [f"{entry.path}: {entry.why}" for entry in answer.not_reviewed[:3]]
    if answer.unreadable:
        reasons.append(f"{answer.unreadable} of its findings could not be read")
    status = Status.PARTIAL if reasons else Status.FULL
    return SpecialistCoverage(name=answer.agent, status=status, rules=0, findings=shown, reason="; ".join(reasons))


def _notes(answer: Answer) -> Iterable[str]:
    if answer.unreadable:
        yield f"{answer.agent}: {answer.unreadable} findings had a missing, unknown or wrong key and were left out"


def _joined(rules: tuple[SpecialistCoverage, ...], agents: list[SpecialistCoverage]) -> tuple[SpecialistCoverage, ...]:
    """One line a specialist: what its rules did, and what its agent added."""
    by_name = {each.name: each for each in rules}
    for each in agents:
        known = by_name.get(each.name)
        by_name[each.name] = each if known is None else _together(known, each)
    return tuple(by_name[name] for name in sorted(by_name))


def _together(rules: SpecialistCoverage, agent: SpecialistCoverage) -> SpecialistCoverage:
    """What the agent did stands; a gap that its rules left is kept beside it."""
    gap = rules.status is Status.PARTIAL
    reasons = dict.fromkeys(reason for reason in (rules.reason if gap else "", agent.reason) if reason)
    return replace(
        rules,
        status=Status.PARTIAL if gap and agent.status is Status.FULL else agent.status,
        findings=rules.findings + agent.findings,
        reason="; ".join(reasons),
        incomplete=agent.incomplete,
    )
