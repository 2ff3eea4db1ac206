"""What the executions of a run cost that came from the lines of a finding."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from orchestrator.types import Finding
from orchestrator.workflows.measured.places import Placed, Places
from orchestrator.workflows.measured.severity import MEBIBYTE, PERFORMANCE, Measurement, by_cost, by_size
from orchestrator.workspace.spark.evidence import Evidence, evidence
from orchestrator.workspace.spark.profile import Profile
from orchestrator.workspace.spark.thresholds import Thresholds
from orchestrator.workspace.spark.tip import size, time

_TIPS = 2
"""Tips told in the message of one finding; the others are counted."""
_TOLD_BY_NUMBERS = frozenset({"spill", "skewed-stage", "slow-task", "failed-tasks"})


@dataclass(frozen=True, kw_only=True)
class Run:
    """One execution with its place in the project; None where it has none there."""

    place: Placed | None
    fact: Evidence


@dataclass(frozen=True, kw_only=True)
class Runs:
    """The executions of one log, placed in the project."""

    profile: Profile
    places: Places
    items: tuple[Run, ...]

    @classmethod
    def of(cls, profile: Profile, places: Places) -> Runs:
        """The executions of a profile."""
        found = (Run(place=places.of(fact.place, fact.description), fact=fact) for fact in evidence(profile))
        return cls(profile=profile, places=places, items=tuple(found))

    @property
    def is_whole(self) -> bool:
        """Whether nothing is missing from the log, as far as it tells."""
        return not self.profile.notes

    def place(self, execution: int | None) -> Placed | None:
        """Where the code of an execution stands."""
        return next((run.place for run in self.items if run.fact.execution == execution), None)

    def at(self, finding: Finding) -> tuple[Evidence, ...]:
        """The executions whose statement has a line of the finding; none for a rule that is not about performance."""
        if finding.rule not in PERFORMANCE:
            return ()
        return tuple(run.fact for run in self.items if run.place is not None and run.place.meets(finding.location))

    def measurement(self, finding: Finding) -> Measurement | None:
        """What the executions of a finding's lines cost together; None where the log names none."""
        found = self.at(finding)
        if not found:
            return None
        cost = sum(fact.task_time for fact in found)
        given = [by_cost(finding, cost, is_whole=self.is_whole)]
        if read := _read(found):
            given.append(by_size(finding, read, is_whole=self.is_whole and _all_read(found)))
        known = [severity for severity in given if severity is not None]
        worst = min(known, key=lambda severity: severity.rank) if known else None
        return Measurement(words=(", ".join(_words(found)),), severity=worst)


def _words(found: tuple[Evidence, ...]) -> Iterator[str]:
    """The numbers of some executions, the telling ones first."""
    yield from _trouble(found)
    cost = time(sum(fact.task_time for fact in found))
    yield f"{cost} of task time" + (f" in {len(found)} executions" if len(found) > 1 else "")
    if read := _read(found):
        yield f"{size(read)} read" + (" by the largest" if len(found) > 1 else "")
    yield from _advice(found)


def _trouble(found: tuple[Evidence, ...]) -> Iterator[str]:
    limits = Thresholds()
    spilled = sum(fact.disk_spilled for fact in found)
    if spilled >= MEBIBYTE:
        yield f"{size(spilled)} spilled to disk"
    uneven = max(found, key=lambda fact: fact.worst_skew)
    if uneven.worst_skew >= limits.skew_ratio and uneven.task_time >= limits.skew_time:
        yield f"the longest task of stage {uneven.skewed_stage} took {uneven.worst_skew:.0f} times the median"
    failed = sum(fact.failed_tasks for fact in found)
    if failed:
        yield f"{failed} tasks failed"


def _advice(found: tuple[Evidence, ...]) -> Iterator[str]:
    tips = [tip for fact in found for tip in fact.tips if tip.kind not in _TOLD_BY_NUMBERS]
    ordered = sorted(tips, key=lambda tip: tip.severity.rank)
    yield from (tip.message for tip in ordered[:_TIPS])
    if len(tips) > _TIPS:
        yield f"and {len(tips) - _TIPS} more tips of the log"


def _read(found: tuple[Evidence, ...]) -> int:
    """The bytes that the execution which read most read; 0 where the log does not say."""
    return max(sum(access.bytes or 0 for access in fact.read) for fact in found)


def _all_read(found: tuple[Evidence, ...]) -> bool:
    """Whether the log gives the bytes of everything that was read."""
    return all(fact.read and all(access.bytes is not None for access in fact.read) for fact in found)
