"""One page of numbers about a window of the audit log, for a person who has to sign it."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from orchestrator.workspace.audit.actions import actions
from orchestrator.workspace.audit.anomalies import Anomaly, anomalies
from orchestrator.workspace.audit.log import Question, counts
from orchestrator.workspace.audit.series import THRESHOLD
from orchestrator.workspace.audit.timeline import Tally
from orchestrator.workspace.connection import Workspace
from orchestrator.workspace.records import Record

MOST = 10


class AccessReport(Record):
    """What the audit log of a window adds up to."""

    since: dt.date
    until: dt.date
    days_with_events: int
    """a day without any event may be a gap in the log"""
    events: int
    principals: int
    accesses: int
    refused: int
    """requests answered with 401 or 403"""
    refused_by: tuple[Tally, ...]
    privilege_changes: int
    privilege_changes_by: tuple[Tally, ...]
    exports: int
    exports_by: tuple[Tally, ...]
    deletions: int
    deletions_by: tuple[Tally, ...]
    most_read: tuple[Tally, ...]
    most_active: tuple[Tally, ...]
    anomalies: tuple[Anomaly, ...]
    """by the robust method, the ten highest"""
    anomalies_undecided: str | None
    more: bool
    """rare values were left out of the counts"""


def access_report(workspace: Workspace, question: Question) -> AccessReport:
    """The numbers of the events that the question is about.

    Raises:
        WorkspaceError: the audit log cannot be read.
    """
    by_day = counts(workspace, question, "principal", "day")
    objects = counts(workspace, replace(question, actions=actions().about("access")), "object")
    odd = anomalies(workspace, question, method="robust", threshold=THRESHOLD, min_events=10)
    refused = _by_principal(workspace, replace(question, outcome="forbidden"))
    parts = {
        subject: _by_principal(workspace, replace(question, actions=actions().about(subject)))
        for subject in ("privilege", "export", "deletion")
    }
    people: dict[str, int] = {}
    for row in by_day.rows:
        people[row.keys[0]] = people.get(row.keys[0], 0) + row.events
    return AccessReport(
        since=question.window.since,
        until=question.window.until,
        days_with_events=len({row.keys[1] for row in by_day.rows}),
        events=sum(people.values()),
        principals=len(people),
        accesses=sum(row.events for row in objects.rows),
        refused=sum(item.events for item in refused),
        refused_by=refused[:MOST],
        privilege_changes=sum(item.events for item in parts["privilege"]),
        privilege_changes_by=parts["privilege"][:MOST],
        exports=sum(item.events for item in parts["export"]),
        exports_by=parts["export"][:MOST],
        deletions=sum(item.events for item in parts["deletion"]),
        deletions_by=parts["deletion"][:MOST],
        most_read=tuple(Tally(value=row.keys[0], events=row.events) for row in objects.rows if row.keys[0])[:MOST],
        most_active=_ordered(people)[:MOST],
        anomalies=odd.anomalies[:MOST],
        anomalies_undecided=odd.undecided,
        more=by_day.more or objects.more or odd.more,
    )


def _by_principal(workspace: Workspace, question: Question) -> tuple[Tally, ...]:
    found = counts(workspace, question, "principal")
    return _ordered({row.keys[0]: row.events for row in found.rows})


def _ordered(totals: dict[str, int]) -> tuple[Tally, ...]:
    ordered = sorted(totals.items(), key=lambda item: (-item[1], item[0]))
    return tuple(Tally(value=name, events=count) for name, count in ordered)
