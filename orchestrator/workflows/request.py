"""What a review is asked for, and what it gives back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from orchestrator.code.limits import Limits
from orchestrator.code.source import SourceFile
from orchestrator.types import Review, Severity
from orchestrator.workflows.selection import Selection

Progress = Callable[[str], None]
"""Told the name of each step as it begins."""


@dataclass(frozen=True, kw_only=True)
class Accepted:
    """Findings of a rule under a path pattern that the configuration accepts."""

    rule: str
    path: str
    reason: str
    until: dt.date | None = None


@dataclass(frozen=True, kw_only=True)
class Request:
    """One review to do; `base` limits the findings that count to lines changed since that revision."""

    path: Path
    today: dt.date
    selection: Selection = field(default_factory=Selection)
    severities: dict[str, Severity] = field(default_factory=dict)
    limits: Limits = field(default_factory=Limits)
    exclude: tuple[str, ...] = ()
    base: str | None = None
    baseline: frozenset[str] = frozenset()
    accepted: tuple[Accepted, ...] = ()
    layer: str | None = None
    jobs: int = 1


@dataclass(frozen=True, kw_only=True)
class Reviewed:
    """A review, the project's root and the sources that reports quote from, by path."""

    review: Review
    root: Path
    sources: dict[str, SourceFile]
    kept: bool = False
    """Whether the review was kept from an earlier run, so that there is no work to tell of."""


def silent(step: str) -> None:
    """Tells nobody."""
