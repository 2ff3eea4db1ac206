"""What a reviewer said, in the one shape that is scored: findings of rules, specialists and other linters alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from orchestrator.evaluate.case import CATEGORIES
from orchestrator.evaluate.taxonomy import taxonomy
from orchestrator.types import Finding, Severity

Variant: TypeAlias = Literal["input", "twin"]
VARIANTS: tuple[Variant, ...] = ("input", "twin")


@dataclass(frozen=True, slots=True, kw_only=True)
class Prediction:
    """One finding of one reviewer on one variant of a case.

    `rule` is a rule's id or the kind of defect in the reviewer's words; `category` is None where nobody knows it.
    `path` is POSIX and relative to the project, lines are those of the file on disk, ends included. `source` is
    `rule`, `model`, `runtime` or `peer`; `standing` that of the finding, and only what a person is shown is scored.
    """

    id: str
    agents: tuple[str, ...]
    rule: str
    category: str | None
    severity: Severity
    confidence: int
    path: str
    lines: tuple[int, int]
    cell: int | None = None
    message: str = ""
    evidence: str = ""
    source: str = "rule"
    standing: str = "verified"
    also: tuple[str, ...] = ()
    """Other names of what `rule` says: those of another linter's rule in the terms of the goldens."""

    @property
    def kinds(self) -> frozenset[str]:
        """All its names in the one spelling."""
        return frozenset(map(taxonomy().kind, (self.rule, *self.also)))

    @property
    def kind(self) -> str:
        """The rule or kind in the one spelling that names are compared in."""
        return taxonomy().kind(self.rule)

    @property
    def order(self) -> tuple[object, ...]:
        """What predictions are sorted by, so that nothing depends on the order in which they were made."""
        place = (self.path, self.lines, self.cell or 0)
        name = (self.kind, self.rule, self.also, self.category or "", self.severity.rank, self.confidence)
        return (*place, *name, self.id, self.agents, self.message, self.evidence, self.source, self.standing)


def from_finding(finding: Finding) -> Prediction:
    """The prediction that a finding of a review is."""
    place = finding.location
    return Prediction(
        id=finding.id,
        agents=finding.specialists,
        rule=finding.rule,
        category=category_of(finding.rule),
        severity=finding.severity,
        confidence=finding.confidence,
        path=place.path,
        lines=(place.start_line, max(place.start_line, place.end_line)),
        cell=place.cell,
        message=finding.message,
        evidence=finding.evidence,
        source=finding.source.value,
        standing=finding.standing.value,
    )


def category_of(rule: str) -> str | None:
    """The category of a rule, or of a kind that is named like one; None for what the taxonomy does not know."""
    known = taxonomy().category(rule)
    if known is None and rule in CATEGORIES:
        return rule
    return known
