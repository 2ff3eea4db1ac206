"""Questions to `system.access.audit`: always within days, values bound as parameters, counted by the warehouse.

The columns are those of https://docs.databricks.com/aws/en/admin/system-tables/audit-logs.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from string import Template
from typing import Literal

from orchestrator.errors import WorkspaceError
from orchestrator.workspace.audit.actions import actions
from orchestrator.workspace.audit.events import AuditEvent, event
from orchestrator.workspace.connection import Workspace
from orchestrator.workspace.statements import MAX_ROWS, Value, query

PAGE = 1_000
MAX_DAYS = 365
Dimension = Literal[
    "principal", "service", "action", "object", "day", "hour", "minute", "address", "status", "operation"
]
_NEW_TABLE = "request_params['catalog_name'] || '.' || request_params['schema_name'] || '.' || request_params['name']"
_KEYS = ", ".join(f"request_params['{key}']" for key in actions().object_keys)
_OBJECT = f"coalesce({_NEW_TABLE}, {_KEYS})"
_PRINCIPAL = "lower(coalesce(user_identity.email, 'unknown'))"
Outcome = Literal["any", "succeeded", "failed", "forbidden"]
_OUTCOMES: dict[Outcome, str] = {
    "any": "",
    "succeeded": "response.status_code < 400",
    "failed": "response.status_code >= 400",
    "forbidden": "response.status_code IN (401, 403)",
}
_DIMENSIONS: dict[Dimension, str] = {
    "principal": _PRINCIPAL,
    "service": "service_name",
    "action": "action_name",
    "object": _OBJECT,
    "day": "event_date",
    "hour": "date_trunc('HOUR', event_time)",
    "minute": "date_trunc('MINUTE', event_time)",
    "address": "source_ip_address",
    "status": "response.status_code",
    "operation": "request_params['operation']",
}
_COLUMNS = (
    f"event_id, event_time, service_name, action_name, {_PRINCIPAL} AS principal, source_ip_address AS address, "
    "user_agent AS agent, to_json(request_params) AS parameters, response.status_code AS status, "
    "response.error_message AS error"
)

_COUNTED = Template(
    "SELECT $keys, count(*) AS events, count(DISTINCT $object) AS objects FROM system.access.audit "
    "WHERE $where GROUP BY $group ORDER BY events DESC, $group"
)
_LISTED = Template(
    "SELECT $columns FROM system.access.audit WHERE $where ORDER BY event_time DESC, event_id DESC LIMIT $limit"
)


@dataclass(frozen=True, kw_only=True)
class Window:
    """The days that are looked at, both included, in UTC."""

    since: dt.date
    until: dt.date

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.until - self.since).days + 1

    @property
    def dates(self) -> tuple[dt.date, ...]:
        """Each day."""
        return tuple(self.since + dt.timedelta(days=number) for number in range(self.days))


def last_days(days: int, until: dt.date | None = None) -> Window:
    """The last days, `until` or today included."""
    end = until or dt.datetime.now(dt.UTC).date()
    return Window(since=end - dt.timedelta(days=days - 1), until=end)


def window(since: dt.date, until: dt.date) -> Window:
    """The days from one to another.

    Raises:
        WorkspaceError: they are in the wrong order, or more than a year.
    """
    if until < since:
        raise WorkspaceError(f"the last day {until} is before the first day {since}; change their order")
    if (until - since).days >= MAX_DAYS:
        raise WorkspaceError(f"{since} to {until} is more than {MAX_DAYS} days; ask for fewer")
    return Window(since=since, until=until)


@dataclass(frozen=True, kw_only=True)
class Question:
    """What to look for; what is empty or None does not restrict."""

    window: Window
    principal: str | None = None
    actions: tuple[str, ...] = ()
    objects: tuple[str, ...] = ()
    """full names in any case: Unity Catalog keeps them in lower case"""
    under: str | None = None
    """a catalog or schema: the object is it or stands under it"""
    outcome: Outcome = "any"


@dataclass(frozen=True, kw_only=True)
class Count:
    """How many events have these values of the dimensions, and how many objects they name."""

    keys: tuple[str, ...]
    events: int
    objects: int


@dataclass(frozen=True, kw_only=True)
class Counts:
    """Counts by dimensions, the most frequent first; `more` tells that rare ones were cut."""

    rows: tuple[Count, ...]
    more: bool


@dataclass(frozen=True, kw_only=True)
class Found:
    """Some events, the newest first; `more` tells that older ones exist."""

    events: tuple[AuditEvent, ...]
    more: bool


def events(workspace: Workspace, question: Question) -> Iterator[AuditEvent]:
    """Every event, the newest first, read in pages when they are asked for.

    Raises:
        WorkspaceError: the audit log cannot be read.
    """
    last: AuditEvent | None = None
    while True:
        page = _page(workspace, question, last, PAGE)
        yield from page.events
        if not page.more:
            return
        last = page.events[-1]


def newest(workspace: Workspace, question: Question, limit: int) -> Found:
    """The newest events.

    Raises:
        WorkspaceError: the audit log cannot be read.
    """
    return _page(workspace, question, None, min(limit, MAX_ROWS))


def counts(workspace: Workspace, question: Question, *dimensions: Dimension, limit: int = MAX_ROWS) -> Counts:
    """The events counted by the warehouse; a missing value is an empty text.

    Raises:
        WorkspaceError: the audit log cannot be read.
    """
    where, parameters = _where(question)
    keys = ", ".join(f"{_DIMENSIONS[name]} AS k{number}" for number, name in enumerate(dimensions))
    group = ", ".join(str(number + 1) for number in range(len(dimensions)))
    statement = _COUNTED.substitute(keys=keys, object=_OBJECT, where=where, group=group)
    rows = query(workspace, statement, parameters, what="read the audit log", limit=limit)
    read = tuple(
        Count(keys=tuple(cell or "" for cell in row[:-2]), events=int(row[-2] or 0), objects=int(row[-1] or 0))
        for row in rows.rows
    )
    return Counts(rows=read, more=rows.more)


def _page(workspace: Workspace, question: Question, last: AuditEvent | None, limit: int) -> Found:
    where, parameters = _where(question)
    if last is not None:
        where += " AND (event_time < :last_time OR (event_time = :last_time AND event_id < :last_id))"
        parameters = {**parameters, "last_time": last.time.replace(tzinfo=None), "last_id": last.event_id}
    statement = _LISTED.substitute(columns=_COLUMNS, where=where, limit=limit + 1)
    rows = query(workspace, statement, parameters, what="read the audit log", limit=limit)
    return Found(events=tuple(event(row) for row in rows.named()), more=rows.more)


def _where(question: Question) -> tuple[str, dict[str, Value]]:
    """The conditions and the values of their parameters."""
    parts = ["event_date >= :since", "event_date <= :until"]
    values: dict[str, Value] = {"since": question.window.since, "until": question.window.until}
    if question.principal:
        parts.append(f"{_PRINCIPAL} = :principal")
        values["principal"] = question.principal.lower()
    if question.under:
        parts.append(f"({_OBJECT} = :under OR startswith({_OBJECT}, :under_dot))")
        values.update(under=question.under.lower(), under_dot=f"{question.under.lower()}.")
    parts += [
        _any("action_name", "a", question.actions, values),
        _any(_OBJECT, "o", tuple(name.lower() for name in question.objects), values),
    ]
    parts.append(_OUTCOMES[question.outcome])
    return " AND ".join(part for part in parts if part), values


def _any(expression: str, prefix: str, options: tuple[str, ...], values: dict[str, Value]) -> str:
    names = [f"{prefix}{number}" for number in range(len(options))]
    values.update(zip(names, options, strict=True))
    return f"{expression} IN ({', '.join(f':{name}' for name in names)})" if names else ""
