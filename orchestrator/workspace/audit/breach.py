"""One principal under suspicion: what it did, from where, what it reached, where that went, and who had let it."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace

from orchestrator.workspace.audit.actions import actions
from orchestrator.workspace.audit.events import AuditEvent
from orchestrator.workspace.audit.lineage import Downstream, downstream
from orchestrator.workspace.audit.log import Found, Question, Window, counts, newest
from orchestrator.workspace.audit.timeline import Session, Tally, sessions, tallies
from orchestrator.workspace.connection import Workspace
from orchestrator.workspace.records import Record

MAX_EVENTS = 5_000
MAX_SHOWN = 30
MAX_LISTED = 15
"""Events in each of the lists: with more an answer would not fit beside others into the context of a model."""
BASELINE_DAYS = 30
"""How many days before the window are taken as what is usual."""


class Touched(Record):
    """An object that the principal reached."""

    object: str
    events: int
    new: bool
    """it did not touch it in the 30 days before"""


class Investigation(Record):
    """The facts about one principal in a window; no verdict."""

    principal: str
    since: dt.date
    until: dt.date
    events: int
    sessions: tuple[Session, ...]
    new_addresses: tuple[Tally, ...]
    """addresses that it did not use in the 30 days before"""
    known_addresses: tuple[Tally, ...]
    touched: tuple[Touched, ...]
    exports: tuple[AuditEvent, ...]
    deletions: tuple[AuditEvent, ...]
    refused: tuple[AuditEvent, ...]
    """requests that were answered with 401 or 403"""
    privileges_gained: tuple[AuditEvent, ...]
    """changes of privileges that name the principal, in the window and the 30 days before"""
    privileges_given: tuple[AuditEvent, ...]
    """changes of privileges that the principal made itself in the window"""
    downstream: Downstream
    """where the data of the touched tables was written to since the window began"""
    baseline_events: int
    """events of the 30 days before; with none, every address and object counts as new"""
    more: bool
    """a list was cut; ask for fewer days, or one of the tools that list events"""


def investigate(workspace: Workspace, principal: str, window: Window) -> Investigation:
    """The facts about the principal in the window.

    Raises:
        WorkspaceError: the audit log or the lineage cannot be read.
    """
    about = Question(window=window, principal=principal)
    found = newest(workspace, about, MAX_EVENTS)
    before = Window(since=window.since - dt.timedelta(days=BASELINE_DAYS), until=window.since - dt.timedelta(days=1))
    usual = counts(workspace, replace(about, window=before), "address", "object")
    gained = newest(workspace, Question(window=_both(before, window), actions=actions().about("privilege")), MAX_EVENTS)
    tables = tuple(sorted({event.object for event in found.events if event.object and _is_table(event.object)}))
    went = downstream(workspace, tables, Window(since=window.since, until=dt.datetime.now(dt.UTC).date()))
    known = (
        frozenset(row.keys[0] for row in usual.rows), frozenset(row.keys[1] for row in usual.rows),
    )  # fmt: skip
    investigation = facts(principal.lower(), window, found, gained.events, known, went)
    more = investigation.more or usual.more or gained.more or went.more
    return investigation.model_copy(update={"baseline_events": sum(row.events for row in usual.rows), "more": more})


def facts(
    principal: str,
    window: Window,
    found: Found,
    privilege_changes: tuple[AuditEvent, ...],
    known: tuple[frozenset[str], frozenset[str]],
    went: Downstream,
) -> Investigation:
    """The investigation over events that are read; `known` are the addresses and objects of the time before."""
    events = found.events
    addresses = tallies((event.address for event in events), most=MAX_SHOWN)
    objects = tallies((event.object for event in events), most=MAX_SHOWN)
    whole = sessions(events)
    lists = {
        "exports": _about(events, actions().about("export")),
        "deletions": _about(events, actions().about("deletion")),
        "refused": tuple(event for event in events if event.forbidden),
        "privileges_gained": tuple(item for item in privilege_changes if _names(item, principal)),
        "privileges_given": _about(events, actions().about("privilege")),
    }
    return Investigation(
        principal=principal,
        since=window.since,
        until=window.until,
        events=len(events),
        sessions=whole[-MAX_SHOWN:],
        new_addresses=tuple(item for item in addresses if item.value not in known[0]),
        known_addresses=tuple(item for item in addresses if item.value in known[0]),
        touched=tuple(
            Touched(object=item.value, events=item.events, new=item.value not in known[1]) for item in objects
        ),
        **{name: listed[:MAX_LISTED] for name, listed in lists.items()},
        downstream=went,
        baseline_events=0,
        more=found.more or len(whole) > MAX_SHOWN or any(len(listed) > MAX_LISTED for listed in lists.values()),
    )


def _about(events: tuple[AuditEvent, ...], names: tuple[str, ...]) -> tuple[AuditEvent, ...]:
    return tuple(event for event in events if event.action in names)


def _names(event: AuditEvent, principal: str) -> bool:
    """Whether the change of privileges is about the principal by name; a group that holds it is not seen here."""
    named = re.compile(rf"(?<![\w.+-]){re.escape(principal)}(?![\w.-])", re.IGNORECASE)
    return event.principal != principal and any(named.search(item) for item in event.detail)


def _is_table(name: str) -> bool:
    return name.count(".") == 2 and "/" not in name


def _both(first: Window, second: Window) -> Window:
    return Window(since=first.since, until=second.until)
