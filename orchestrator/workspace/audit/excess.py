"""Principals that read far more than their peers, or more than a limit that was named."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from statistics import median

from orchestrator.workspace.audit.log import Counts, Question, counts
from orchestrator.workspace.audit.series import THRESHOLD, modified_z
from orchestrator.workspace.connection import Workspace
from orchestrator.workspace.records import Record

MIN_PEERS = 5
MAX_SHOWN = 100


class Excess(Record):
    """A principal's highest days of reading."""

    principal: str
    day: dt.date
    """the day with the most events"""
    events: int
    objects: int
    """different objects on the day with the most of them"""
    events_score: float | None
    """modified z-score of the events among those of all principals; null with fewer than five of them"""
    objects_score: float | None
    """likewise of the objects"""
    reasons: tuple[str, ...]


class ExcessReport(Record):
    """Who read too much, by limits and by comparison with peers."""

    method: str
    since: dt.date
    until: dt.date
    principals: int
    """the sample size"""
    median_events: float
    median_objects: float
    """of the highest days of all principals"""
    threshold: float
    max_objects: int | None
    excesses: tuple[Excess, ...]
    undecided: str | None
    """why peers were not compared; null where they were"""
    more: bool


METHOD = (
    "modified z-score (median and MAD) over the principals, of the events and of the different objects that each has "
    "on its highest day"
)


def excessive(workspace: Workspace, question: Question, *, threshold: float, max_objects: int | None) -> ExcessReport:
    """The excesses among the events that the question is about.

    Raises:
        WorkspaceError: the audit log cannot be read.
    """
    found = counts(workspace, question, "principal", "day")
    return compared(found, question, threshold=threshold, max_objects=max_objects)


def compared(
    found: Counts, question: Question, *, threshold: float = THRESHOLD, max_objects: int | None = None
) -> ExcessReport:
    """The report over counts by principal and day."""
    peaks = _peaks(found)
    names = sorted(peaks)
    events, objects = [peaks[name].events for name in names], [peaks[name].objects for name in names]
    enough = len(names) >= MIN_PEERS
    nothing: tuple[None, ...] = (None,) * len(names)
    scores = zip(modified_z(events), modified_z(objects), strict=True) if enough else zip(nothing, nothing, strict=True)
    items = [
        item
        for name, pair in zip(names, scores, strict=True)
        if (item := _excess(name, peaks[name], pair, threshold, max_objects)).reasons
    ]
    items.sort(key=lambda item: (-max(item.events_score or 0, item.objects_score or 0), item.principal))
    return ExcessReport(
        method=METHOD, since=question.window.since, until=question.window.until, principals=len(names),
        median_events=median(events) if events else 0, median_objects=median(objects) if objects else 0,
        threshold=threshold, max_objects=max_objects, excesses=tuple(items[:MAX_SHOWN]),
        undecided=None if enough else f"{len(names)} principals were active and a comparison needs {MIN_PEERS}",
        more=found.more or len(items) > MAX_SHOWN,
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class _Peak:
    events: int
    objects: int
    day: str


def _peaks(found: Counts) -> dict[str, _Peak]:
    """By principal: the most events of a day with that day, and the most objects of a day."""
    peaks: dict[str, _Peak] = {}
    for row in found.rows:
        principal, day = row.keys
        last = peaks.get(principal, _Peak(events=-1, objects=0, day=""))
        events, day = max((last.events, last.day), (row.events, day))
        peaks[principal] = _Peak(events=events, objects=max(last.objects, row.objects), day=day)
    return peaks


def _excess(
    name: str, peak: _Peak, scores: tuple[float | None, float | None], threshold: float, max_objects: int | None
) -> Excess:
    reasons = [
        f"the score {score:.1f} of its {what} among its peers is at least {threshold:g}"
        for what, score in zip(("events", "objects"), scores, strict=True)
        if score is not None and score >= threshold
    ]
    if max_objects is not None and peak.objects > max_objects:
        reasons.append(f"{peak.objects} objects on one day are more than {max_objects}")
    return Excess(
        principal=name, day=dt.date.fromisoformat(peak.day[:10]), events=peak.events, objects=peak.objects,
        events_score=None if scores[0] is None else round(scores[0], 2),
        objects_score=None if scores[1] is None else round(scores[1], 2), reasons=tuple(reasons),
    )  # fmt: skip
