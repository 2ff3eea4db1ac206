"""Principals that read far more than their peers, or more than a limit that was named."""

from __future__ import annotations

import datetime as dt
from statistics import median

from orchestrator.workspace.audit.log import Counts, Question, counts
from orchestrator.workspace.audit.series import THRESHOLD, modified_z
from orchestrator.workspace.connection import Workspace
from orchestrator.workspace.records import Record

MIN_PEERS = 5
MAX_SHOWN = 100


class Excess(Record):
    """A principal's highest day of reading."""

    principal: str
    day: dt.date
    events: int
    objects: int
    """different objects that were read on that day"""
    peer_score: float | None
    """modified z-score of the objects of its highest day among those of all principals; null with under five of them"""
    reasons: tuple[str, ...]


class ExcessReport(Record):
    """Who read too much, by limits and by comparison with peers."""

    method: str
    since: dt.date
    until: dt.date
    principals: int
    """the sample size"""
    median_objects: float
    """of the highest days of all principals"""
    threshold: float
    max_objects: int | None
    excesses: tuple[Excess, ...]
    undecided: str | None
    """why peers were not compared; null where they were"""
    more: bool


METHOD = "modified z-score (median and MAD) over the principals, of the objects that each read on its highest day"


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
    highest: dict[str, tuple[int, int, str]] = {}
    for row in found.rows:
        principal, day = row.keys
        highest[principal] = max(highest.get(principal, (-1, 0, "")), (row.objects, row.events, day))
    names = sorted(highest)
    objects = [highest[name][0] for name in names]
    enough = len(names) >= MIN_PEERS
    scores = modified_z(objects) if enough else tuple(None for _ in names)
    items = [
        item
        for name, score in zip(names, scores, strict=True)
        if (item := _excess(name, highest[name], score, threshold, max_objects)).reasons
    ]
    items.sort(key=lambda item: (-item.objects, item.principal))
    return ExcessReport(
        method=METHOD, since=question.window.since, until=question.window.until, principals=len(names),
        median_objects=median(objects) if objects else 0, threshold=threshold, max_objects=max_objects,
        excesses=tuple(items[:MAX_SHOWN]),
        undecided=None if enough else f"{len(names)} principals were active and a comparison needs {MIN_PEERS}",
        more=found.more or len(items) > MAX_SHOWN,
    )  # fmt: skip


def _excess(
    name: str, day: tuple[int, int, str], score: float | None, threshold: float, max_objects: int | None
) -> Excess:
    reasons = []
    if score is not None and score >= threshold:
        reasons.append(f"its score {score:.1f} among its peers is at least {threshold:g}")
    if max_objects is not None and day[0] > max_objects:
        reasons.append(f"{day[0]} objects on one day are more than {max_objects}")
    return Excess(
        principal=name, day=dt.date.fromisoformat(day[2][:10]), events=day[1], objects=day[0],
        peer_score=None if score is None else round(score, 2), reasons=tuple(reasons),
    )  # fmt: skip
