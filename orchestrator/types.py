"""The nouns that pass between stages: locations, findings, coverage, reviews.

Lines and columns count from 1. Columns count Unicode code points, an end column is exclusive.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Severity(StrEnum):
    """How much damage a defect does, worst first."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 for the worst, so that sorting by rank puts the worst first."""
        return _SEVERITIES.index(self)

    def lowered(self, steps: int = 1) -> Severity:
        """The severity that many steps milder, never milder than `INFO`."""
        return _SEVERITIES[min(self.rank + steps, len(_SEVERITIES) - 1)]

    def at_least(self, other: Severity) -> bool:
        """Whether this is as bad as the other, or worse."""
        return self.rank <= other.rank


_SEVERITIES = tuple(Severity)


class Source(StrEnum):
    """Who made a finding."""

    RULE = "rule"
    MODEL = "model"
    RUNTIME = "runtime"


class Standing(StrEnum):
    """Whether a finding's evidence was checked: a withheld one is counted and never shown as a defect."""

    VERIFIED = "verified"
    UNVERIFIED = "unverified"
    WITHHELD = "withheld"


class Status(StrEnum):
    """How much of a file or of a specialist's work was done."""

    FULL = "full"
    PARTIAL = "partial"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Location:
    """A span of a file; `path` is POSIX and relative to the project's root, `cell` counts notebook cells from 1."""

    path: str
    start_line: int
    end_line: int
    start_column: int = 1
    end_column: int | None = None
    cell: int | None = None

    def __str__(self) -> str:
        """`path:line`, as editors and terminals understand it."""
        return f"{self.path}:{self.start_line}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """One replacement of a span of the file as it stands on disk; an empty span inserts."""

    path: str
    start_line: int
    start_column: int
    end_line: int
    end_column: int
    replacement: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fix:
    """Edits that remove the defect; only a `safe` one is applied by `--fix`."""

    description: str
    edits: tuple[Edit, ...]
    safe: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One defect at one place, with the lines that prove it.

    `id` is the fingerprint: it survives line shifts. `confidence` is one of 0, 25, 50, 75, 100.
    `evidence` is the verbatim text of the lines at `location`, with credentials masked after their first characters.
    """

    id: str
    rule: str
    specialists: tuple[str, ...]
    severity: Severity
    location: Location
    message: str
    why: str
    evidence: str
    confidence: int = 100
    fix: Fix | None = None
    references: tuple[str, ...] = ()
    source: Source = Source.RULE
    standing: Standing = Standing.VERIFIED
    standing_reason: str = ""
    """Why its standing is what it is, in one sentence: what the refuter said of a model's finding."""
    suppressed_by: str | None = None
    in_diff: bool = True

    @property
    def counts(self) -> bool:
        """Whether the gate sees it: verified, inside the diff and not suppressed."""
        return self.standing is Standing.VERIFIED and self.suppressed_by is None and self.in_diff

    @property
    def is_shown(self) -> bool:
        """Whether a person is shown it by default: it counts, or its quote stands but nobody has tried to refute it."""
        return self.standing is not Standing.WITHHELD and self.suppressed_by is None and self.in_diff


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Coverage:
    """One line of the coverage ledger: what of a file was looked at, and why not the rest."""

    path: str
    status: Status
    reason: str = ""
    lines: int = 0
    incomplete: bool = False
    """Whether something that should have been reviewed was not: the run then exits with 3."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spending:
    """What a model was paid for: calls that were sent, calls answered from earlier ones, tokens as the API counts them.

    `input_tokens` are those outside the cache. `usd` is None where the price of the model is not known. `seconds` is
    the sum of the waits, which overlap.
    """

    calls: int = 0
    kept: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cache_read_tokens: int = 0
    cache_write_tokens: int = 0
    usd: float | None = 0.0
    seconds: float = 0.0

    def __add__(self, other: Spending) -> Spending:
        """Both together; the sum of an unknown price is unknown."""
        known = None if self.usd is None or other.usd is None else self.usd + other.usd
        return Spending(
            calls=self.calls + other.calls,
            kept=self.kept + other.kept,
            input_tokens=self.input_tokens + other.input_tokens,
            output_tokens=self.output_tokens + other.output_tokens,
            cache_read_tokens=self.cache_read_tokens + other.cache_read_tokens,
            cache_write_tokens=self.cache_write_tokens + other.cache_write_tokens,
            usd=known,
            seconds=self.seconds + other.seconds,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a review asked of a model: which one, in which run, and what it cost."""

    model: str
    run: str
    spending: Spending
    answered: tuple[str, ...] = ()
    """Who answered, by the names that the answers bear, where that is not the model that was asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecialistCoverage:
    """What a specialist did: how many of its rules ran, over how many inputs, and what its model was paid for."""

    name: str
    status: Status
    rules: int
    findings: int
    reason: str = ""
    incomplete: bool = False
    """Whether it was asked and did not finish: no usable answer, a part lost or unseen. The run then exits with 3."""
    spending: Spending | None = None
    """What its model cost; None where none was asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What a diff touches: for each path the changed head lines; a path absent here did not change."""

    base: str
    lines: dict[str, frozenset[int]] = field(default_factory=dict)
    start: str = ""
    """The commit that it begins from, where base and HEAD parted."""


Cell = str | int | float | bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table of a report: what was measured, planned or done, one row a thing; each row has a cell for each column."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""
    """How to read it: the method, the source of a price, what is left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """The result of one review, whole: what every report format prints."""

    project: str
    findings: tuple[Finding, ...]
    coverage: tuple[Coverage, ...]
    specialists: tuple[SpecialistCoverage, ...]
    files: int
    lines: int
    rules: int
    seconds: float
    version: str
    notes: tuple[str, ...] = ()
    base: str | None = None
    asked: Asked | None = None
    """The model that was asked besides the rules; None for a review by rules alone."""
    tables: tuple[Table, ...] = ()
    """What a command measured, planned or did besides its findings; a review of code has none."""

    @property
    def reported(self) -> tuple[Finding, ...]:
        """The findings that the gate sees."""
        return tuple(finding for finding in self.findings if finding.counts)

    @property
    def shown(self) -> tuple[Finding, ...]:
        """The findings that a person is shown by default."""
        return tuple(finding for finding in self.findings if finding.is_shown)

    @property
    def unfinished(self) -> tuple[str, ...]:
        """The specialists that were asked and did not finish."""
        return tuple(each.name for each in self.specialists if each.incomplete)

    @property
    def incomplete(self) -> tuple[Coverage, ...]:
        """What should have been reviewed and was not."""
        return tuple(entry for entry in self.coverage if entry.incomplete)
