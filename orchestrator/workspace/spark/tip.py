"""What a tip is: the stage or operator, the numbers that prove it, what to do, and where the threshold comes from."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from orchestrator.types import Severity
from orchestrator.workspace.spark.profile import Execution, Profile, Stage
from orchestrator.workspace.spark.thresholds import Thresholds

UNITS = ("", "ms", "bytes", "rows", "tasks", "files")


@dataclass(frozen=True, slots=True)
class Measure:
    """One measured number: `unit` is one of `UNITS`, empty for a ratio or a share."""

    name: str
    value: float
    unit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tip:
    """One thing to improve, at one place of one run."""

    kind: str
    severity: Severity
    message: str
    advice: str
    threshold: str
    rules: tuple[str, ...]
    """Ids of the static rules that see the same defect in code; empty where none does."""
    measures: tuple[Measure, ...]
    execution: int | None = None
    stage: int | None = None
    node: str = ""
    call_site: str = ""
    description: str = ""


class Hit(NamedTuple):
    """What a check yields: what is true of this very run; the rest comes from the tip's kind and its place."""

    message: str
    measures: tuple[Measure, ...]
    severity: Severity
    execution: Execution | None = None
    stage: Stage | None = None
    node: str = ""
    rules: tuple[str, ...] | None = None


Check = Callable[[Profile, Thresholds], Iterator[Hit]]


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One kind of tip; a file declares `KIND = Kind(...)` and decorates its check with `@KIND.check`."""

    id: str
    advice: str
    threshold: Callable[[Thresholds], str]
    """The threshold in words, with its source or reason."""
    rules: tuple[str, ...] = ()
    checks: list[Check] = field(default_factory=list)

    def check(self, function: Check) -> Check:
        """Run the function on every profile."""
        self.checks.append(function)
        return function

    def tips(self, profile: Profile, thresholds: Thresholds) -> Iterator[Tip]:
        """The tips of this kind for one run."""
        for check in self.checks:
            for hit in check(profile, thresholds):
                yield self._tip(hit, profile, thresholds)

    def _tip(self, hit: Hit, profile: Profile, thresholds: Thresholds) -> Tip:
        execution = hit.execution or (profile.execution(hit.stage.execution) if hit.stage else None)
        return Tip(
            kind=self.id,
            severity=hit.severity,
            message=hit.message,
            advice=self.advice,
            threshold=self.threshold(thresholds),
            rules=self.rules if hit.rules is None else hit.rules,
            measures=hit.measures,
            execution=execution.id if execution else None,
            stage=hit.stage.id if hit.stage else None,
            node=hit.node,
            call_site=execution.call_site if execution else "",
            description=execution.description if execution else "",
        )


def graded(value: float, *, medium: float, high: float) -> Severity:
    """The severity that follows a measured number."""
    if value >= high:
        return Severity.HIGH
    return Severity.MEDIUM if value >= medium else Severity.LOW


def size(count: float) -> str:
    """Bytes for a reader, such as `1.5 GiB`."""
    for unit in ("bytes", "KiB", "MiB", "GiB"):
        if count < 1024:
            return f"{count:.0f} {unit}" if unit == "bytes" or count >= 100 else f"{count:.1f} {unit}"
        count /= 1024
    return f"{count:.1f} TiB"


def time(milliseconds: float) -> str:
    """A duration for a reader, such as `2.5 s` or `12 min`."""
    if milliseconds < 1_000:
        return f"{milliseconds:.0f} ms"
    seconds = milliseconds / 1_000
    return f"{seconds:.1f} s" if seconds < 120 else f"{seconds / 60:.0f} min"
