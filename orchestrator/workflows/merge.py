"""Joins a review by rules with what agents claimed: one finding a defect, each with its quote."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from orchestrator.code.secrets import masked
from orchestrator.code.visible import visible
from orchestrator.rules.engine import order
from orchestrator.types import Change, Finding, Source, SpecialistCoverage, Standing, Status
from orchestrator.workflows.addressed import addressed
from orchestrator.workflows.addressed import notes as notes_on
from orchestrator.workflows.request import Reviewed
from orchestrator.workflows.specialist.evidence import Heard, Testimony, hear

if TYPE_CHECKING:
    from orchestrator.workflows.refuter.judge import Judgement

SAME = 0.4
"""Share of words that two messages at the same lines have in common when they tell of one defect."""
REFUTER = "refuter"
MAX_REASON = 300
"""Characters of what a specialist says of a file that it left out."""
_WORD = re.compile(r"[a-z0-9_]{3,}")
_EMPTY_WORDS = frozenset(
    _WORD.findall(
        "all and are but can each every for from has have into its not now one only that the then they this use was"
        " what when where which who will with"
    )
)
"""Words that any two sentences share, whatever they tell of."""


def merged(
    reviewed: Reviewed,
    answers: Iterable[tuple[str, str]],
    *,
    today: dt.date,
    change: Change | None = None,
    baseline: frozenset[str] = frozenset(),
) -> Reviewed:
    """The review with the claims of agents; `answers` are pairs of an agent's name and its text.

    A claim whose quote does not stand in the code is withheld and counted. One that a rule or another agent has
    reported at the same lines adds its agent's name to that finding. A comment silences a claim by its category.
    Agents' findings never reach the gate: nobody has tried to refute them.
    """
    testimonies = (Testimony(agent=agent, text=text) for agent, text in answers)
    return joined(reviewed, hear(testimonies, reviewed, today=today, change=change, baseline=baseline))


def joined(reviewed: Reviewed, heard: Sequence[Heard], judgements: Iterable[Judgement] | None = None) -> Reviewed:
    """The review with what was heard; with judgements, what the refuter kept is verified and may block.

    What it refuted, could not decide or gave no word about is withheld with its reason; only what it was not asked
    about stays unverified. What a rule has reported too needs no judgement: the rule's finding stands. Files that
    speak to their reviewers are named in the notes.
    """
    review = reviewed.review
    words = None if judgements is None else {each.finding: each for each in judgements}
    findings = list(review.findings)
    lines: list[SpecialistCoverage] = []
    for each in heard:
        made = [_judged(finding, words, review.findings) for finding in each.findings]
        for finding in made:
            _add(findings, finding)
        lines.append(_line(each, made))
    notes = [note for each in heard for note in _notes(each)]
    speaking = () if words is None else notes_on(addressed(reviewed.sources.values()))
    together = replace(
        review,
        findings=tuple(sorted(findings, key=order)),
        specialists=_together_by_name(review.specialists, [*lines, *_refuter(words)]),
        notes=(*review.notes, *notes, *_withheld(words), *speaking),
    )
    return replace(reviewed, review=together)


def is_known(finding: Finding, findings: Iterable[Finding]) -> bool:
    """Whether one of these findings tells of the same defect."""
    return any(_is_same(known, finding) for known in findings)


def _judged(finding: Finding, words: Mapping[str, Judgement] | None, by_rules: Sequence[Finding]) -> Finding:
    if words is None or not finding.is_shown or is_known(finding, by_rules):
        return finding
    judgement = words.get(finding.id)
    word, reason = (judgement.word, judgement.reason) if judgement else ("undecided", "the refuter gave no word")
    if word == "not-asked":
        return replace(finding, standing_reason=reason)
    if word == "kept":
        return replace(finding, standing=Standing.VERIFIED, standing_reason=f"kept: {reason}")
    return replace(finding, standing=Standing.WITHHELD, standing_reason=f"{word}: {reason}", fix=None)


def _withheld(words: Mapping[str, Judgement] | None) -> Iterable[str]:
    count = Counter(each.word for each in (words or {}).values())
    held = count["refuted"] + count["undecided"]
    if held:
        yield f"the refuter withheld {held} findings: {count['refuted']} refuted, {count['undecided']} undecided"


def _refuter(words: Mapping[str, Judgement] | None) -> Iterable[SpecialistCoverage]:
    """A line for the refuter where it could not do its work: such a review is never clean."""
    problems = [each.problem for each in (words or {}).values() if each.problem]
    if problems:
        withheld = "1 finding was" if len(problems) == 1 else f"{len(problems)} findings were"
        reason = f"{withheld} withheld without a judgement: {problems[0]}"
        yield SpecialistCoverage(
            name=REFUTER, status=Status.PARTIAL, rules=0, findings=0, reason=reason, incomplete=True
        )


def _add(findings: list[Finding], new: Finding) -> None:
    for index, known in enumerate(findings):
        if new.standing is not Standing.WITHHELD and _is_same(known, new):
            findings[index] = _one(known, new)
            return
    findings.append(new)


def _one(known: Finding, new: Finding) -> Finding:
    """One defect that two have seen: what a rule says stands; of two agents, what was verified, then the graver.

    What the other of two agents said stays in `why`: nobody's claim is gone because another one lies over it.
    """
    by_models = known.source is Source.MODEL
    kept, other = (new, known) if by_models and _weight(new) < _weight(known) else (known, new)
    names = tuple(dict.fromkeys((*known.specialists, *new.specialists)))
    if not by_models or other.message in f"{kept.message} {kept.why}":
        return replace(kept, specialists=names)
    place = f"{other.location}, {', '.join(other.specialists)}"
    return replace(kept, specialists=names, why=f"{kept.why} (also claimed at {place}: {other.message})")


def _weight(finding: Finding) -> tuple[bool, bool, int]:
    return finding.suppressed_by is not None, finding.standing is not Standing.VERIFIED, finding.severity.rank


def _is_same(known: Finding, new: Finding) -> bool:
    if known.location.path != new.location.path or known.standing is Standing.WITHHELD:
        return False
    if known.in_diff != new.in_diff and (new.in_diff or known.source is Source.MODEL):
        # What the change brings in must not be hidden behind what was there before.
        return False
    if known.location.end_line < new.location.start_line or new.location.end_line < known.location.start_line:
        return False
    return known.rule == new.rule or _likeness(_words(known), _words(new)) >= SAME


def _words(finding: Finding) -> frozenset[str]:
    return _words_of(finding.message)


@lru_cache(maxsize=20_000)
def _words_of(message: str) -> frozenset[str]:
    return frozenset(_WORD.findall(message.lower())) - _EMPTY_WORDS


def _likeness(first: frozenset[str], second: frozenset[str]) -> float:
    """The share of the shorter message's words that the longer one has too; 0 where one has none."""
    least = min(len(first), len(second))
    return len(first & second) / least if least else 0.0


def _line(heard: Heard, made: Sequence[Finding]) -> SpecialistCoverage:
    answer, testimony = heard.answer, heard.testimony
    line = SpecialistCoverage(
        name=answer.agent,
        status=Status.FULL,
        rules=0,
        findings=sum(finding.is_shown for finding in made),
        spending=testimony.spending,
    )
    if answer.refused is not None:
        return replace(line, status=Status.SKIPPED, reason=answer.refused, incomplete=True)
    reasons = [_in_a_line(f"{entry.path}: {entry.why}") for entry in answer.not_reviewed[:3]]
    if answer.unreadable:
        reasons.append(f"{answer.unreadable} of its findings could not be read")
    if testimony.unseen:
        reasons.append(f"not seen whole: {_some(testimony.unseen)}")
    if testimony.addressed:
        reasons.append(f"its silence proves nothing where the text speaks to reviewers: {_some(testimony.addressed)}")
    # A finding that is lost and a file that was not shown are gaps; what the specialist left out by itself it has told.
    lost = answer.unreadable > 0 or bool(testimony.unseen)
    return replace(line, status=Status.PARTIAL if reasons else Status.FULL, reason="; ".join(reasons), incomplete=lost)


def _in_a_line(text: str) -> str:
    """Words of a model as a ledger holds them: on one line, with nothing that acts or is secret, bounded."""
    line = visible(masked(" ".join(text.split())))
    return line if len(line) <= MAX_REASON else f"{line[:MAX_REASON]}…"


def _some(paths: Sequence[str]) -> str:
    more = f" and {len(paths) - 3} more" if len(paths) > 3 else ""
    return f"{', '.join(paths[:3])}{more}"


def _notes(heard: Heard) -> Iterable[str]:
    if lost := heard.answer.unreadable:
        yield f"{heard.answer.agent}: {lost} findings had a missing, unknown or wrong key and were left out"


def _together_by_name(
    rules: tuple[SpecialistCoverage, ...], agents: list[SpecialistCoverage]
) -> tuple[SpecialistCoverage, ...]:
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
        spending=agent.spending,
    )
