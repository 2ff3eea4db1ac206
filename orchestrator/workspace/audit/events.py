"""One event of the audit log, read from a row of `system.access.audit`."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping

from orchestrator.workspace.audit.actions import actions
from orchestrator.workspace.plain import whole_words
from orchestrator.workspace.records import Record

MAX_TEXT = 1_000
"""Characters kept of a value that a user of the workspace wrote."""
DETAIL_KEYS = ("operation", "changes", "securable_type", "fileType", "commandText", "targetUserName", "user")


class AuditEvent(Record):
    """What one principal did once."""

    event_id: str
    time: dt.datetime
    """UTC"""
    principal: str
    """the e-mail address of a user, the application id of a service principal, or `unknown`"""
    service: str
    action: str
    object: str | None
    """the full name or path that the request named; null where it named none"""
    detail: tuple[str, ...]
    """further parameters that matter, as `operation=READ`"""
    address: str | None
    """the IP address that the request came from"""
    agent: str | None
    status: int | None
    """the HTTP status of the answer"""
    error: str | None

    @property
    def failed(self) -> bool:
        """Whether the request was refused or went wrong."""
        return self.status is not None and self.status >= 400

    @property
    def forbidden(self) -> bool:
        """Whether it was refused for want of credentials or of a privilege."""
        return self.status in {401, 403}


def event(row: Mapping[str, str | None]) -> AuditEvent:
    """The event of a row that `log.COLUMNS` names the columns of."""
    parameters = _parameters(row["parameters"])
    return AuditEvent(
        event_id=row["event_id"] or "",
        time=moment(row["event_time"]),
        principal=(row["principal"] or "unknown").lower(),
        service=row["service_name"] or "",
        action=row["action_name"] or "",
        object=named_object(parameters),
        detail=tuple(f"{key}={_cut(parameters[key])}" for key in DETAIL_KEYS if key in parameters),
        address=row["address"],
        agent=_cut(row["agent"]) if row["agent"] else None,
        status=int(float(row["status"])) if row["status"] else None,
        error=_cut(row["error"]) if row["error"] else None,
    )


def named_object(parameters: Mapping[str, str]) -> str | None:
    """The object that the parameters of a request name: of a new table, its three parts."""
    parts = [parameters.get(key) for key in ("catalog_name", "schema_name", "name")]
    if all(parts):
        return ".".join(part for part in parts if part)
    return next((_cut(parameters[key]) for key in actions().object_keys if parameters.get(key)), None)


def moment(text: str | None) -> dt.datetime:
    """A time stamp of the warehouse in UTC; without a zone it is UTC already."""
    if not text:
        return dt.datetime.fromtimestamp(0, tz=dt.UTC)
    read = dt.datetime.fromisoformat(text.strip().replace(" ", "T", 1).replace("Z", "+00:00"))
    return read.replace(tzinfo=dt.UTC) if read.tzinfo is None else read.astimezone(dt.UTC)


def _parameters(text: str | None) -> dict[str, str]:
    if not text:
        return {}
    try:
        read = json.loads(text)
    except ValueError:
        return {}
    if not isinstance(read, dict):
        return {}
    return {str(key): value if isinstance(value, str) else json.dumps(value) for key, value in read.items() if value}


def _cut(text: str) -> str:
    return text if len(text) <= MAX_TEXT else whole_words(text, MAX_TEXT) + "…"
