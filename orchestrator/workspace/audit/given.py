"""Who gave rights to whom, read from the events that change privileges: also where an account gave them to itself."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Iterator

from orchestrator.workspace.audit.events import AuditEvent
from orchestrator.workspace.records import Record

_JOINING = frozenset({"addPrincipalToGroup", "addPrincipalsToGroup"})
_GRANTING = "updatePermissions"


class Given(Record):
    """Rights that one event gave to one principal."""

    event_id: str
    time: dt.datetime
    by: str
    to: str
    rights: tuple[str, ...]
    """privileges, or `member` of a group"""
    on: str
    """the full name of the object, or the name of the group"""
    is_group: bool
    """the principal was put into a group"""

    @property
    def to_oneself(self) -> bool:
        """Whether who gave the rights is who got them."""
        return self.by == self.to


def given(events: Iterable[AuditEvent]) -> tuple[Given, ...]:
    """The rights that successful events gave, in the order of the events."""
    return tuple(item for event in events if not event.failed for item in _of(event))


def _of(event: AuditEvent) -> Iterator[Given]:
    details = dict(text.split("=", 1) for text in event.detail if "=" in text)
    if event.action == _GRANTING:
        for principal, rights in _added(details.get("changes", "")):
            yield _given(event, principal, rights)
    elif event.action in _JOINING and details.get("targetUserName"):
        yield _given(event, details["targetUserName"], ("member",))


def _given(event: AuditEvent, to: str, rights: tuple[str, ...]) -> Given:
    return Given(
        event_id=event.event_id, time=event.time, by=event.principal, to=to.lower(), rights=rights,
        on=event.object or "", is_group=event.action in _JOINING,
    )  # fmt: skip


def _added(text: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The principals of a change of permissions with the privileges that they got."""
    try:
        changes = json.loads(text)
    except ValueError:
        return
    for change in changes if isinstance(changes, list) else ():
        if not isinstance(change, dict) or not isinstance(change.get("principal"), str):
            continue
        added = change.get("add")
        rights = tuple(str(item) for item in added) if isinstance(added, list) else ()
        if rights:
            yield change["principal"], rights
