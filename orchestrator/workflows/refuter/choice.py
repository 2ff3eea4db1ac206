"""Which findings the refuter is asked about: the grave ones always, the others as far as there is room."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from orchestrator.types import Finding, Severity
from orchestrator.workflows.merge import is_known
from orchestrator.workflows.refuter.judge import Judgement
from orchestrator.workflows.specialist.evidence import Heard

ROOM = 20
"""Findings that the refuter is asked about in one run, unless more of them are grave."""
NOT_ASKED = "the refuter's share of the run was used up by graver findings"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The findings that are judged, gravest first, and those that are not."""

    asked: tuple[Finding, ...]
    left: tuple[Finding, ...] = ()

    @property
    def not_asked(self) -> tuple[Judgement, ...]:
        """The word on those that are left: they stay unverified."""
        return tuple(Judgement(finding=each.id, word="not-asked", reason=NOT_ASKED) for each in self.left)


def chosen(by_rules: Sequence[Finding], heard: Iterable[Heard], *, room: int = ROOM) -> Choice:
    """Critical and high findings always, the rest by severity and confidence until `room` findings are chosen.

    What is withheld, suppressed, outside the change or known from a rule needs no judgement.
    """
    open_to_it: dict[str, Finding] = {}
    for each in heard:
        for finding in each.findings:
            if finding.is_shown and not is_known(finding, by_rules):
                open_to_it[finding.id] = min(open_to_it.get(finding.id, finding), finding, key=_weight)
    ordered = sorted(open_to_it.values(), key=lambda finding: (*_weight(finding), finding.location, finding.id))
    grave = sum(finding.severity.at_least(Severity.HIGH) for finding in ordered)
    most = max(grave, room)
    return Choice(asked=tuple(ordered[:most]), left=tuple(ordered[most:]))


def _weight(finding: Finding) -> tuple[int, int]:
    return finding.severity.rank, -finding.confidence
