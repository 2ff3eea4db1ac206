"""Requests of erasure from a file: table, day of the request, and what else a line says."""

from __future__ import annotations

import csv
import datetime as dt
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path

from orchestrator.errors import UsageError, WorkspaceError
from orchestrator.workspace.governance.securables import full_name

WITHIN_DAYS = 30
MOST = 200
_FIELDS = ("table", "requested", "within_days", "column", "value")
_SHAPE = "write table, requested (YYYY-MM-DD)[, within_days[, column, value]]"


@dataclass(frozen=True, kw_only=True)
class Request:
    """A person asked on a day that the rows of a table be erased; with a column and a value, they are found by it."""

    table: str
    requested: dt.date
    deadline: dt.date
    place: str
    column: str = ""
    value: str = field(default="", repr=False)


def read_requests(path: Path) -> tuple[Request, ...]:
    """The requests of the file.

    Raises:
        UsageError: it cannot be read, or a line is no request; the sentence has its number and no value of it.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is no text"
        raise UsageError(f"the requests {str(path)!r} cannot be read ({why})") from error
    found = []
    for line, cells in enumerate(csv.reader(StringIO(text)), start=1):
        fields = [cell.strip() for cell in cells]
        if not any(fields) or fields[0].startswith("#") or fields[:2] == list(_FIELDS[:2]):
            continue
        found.append(_request(fields, f"{path.name}:{line}"))
    if not found:
        raise UsageError(f"{path.name} holds no request; {_SHAPE}, one a line")
    if len(found) > MOST:
        raise UsageError(f"{path.name} holds {len(found)} requests, and {MOST} are the most at once")
    return tuple(found)


def _request(fields: list[str], place: str) -> Request:
    if not 2 <= len(fields) <= len(_FIELDS) or len(fields) == len(_FIELDS) - 1:
        raise UsageError(f"{place}: the line has {len(fields)} fields; {_SHAPE}")
    table, day, within, column, value = [*fields, "", "", ""][: len(_FIELDS)]
    try:
        name = full_name("table", table)
    except WorkspaceError as error:
        raise UsageError(f"{place}: {error}") from None
    requested = _day(day, place)
    days = _days(within, place)
    if bool(column) != bool(value):
        raise UsageError(f"{place}: a column needs a value and a value a column; {_SHAPE}")
    deadline = requested + dt.timedelta(days=days)
    return Request(table=name, requested=requested, deadline=deadline, place=place, column=column, value=value)


def _day(text: str, place: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{place}: {text[:40]!r} is no day; write it as 2026-03-31") from None


def _days(text: str, place: str) -> int:
    if not text:
        return WITHIN_DAYS
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 3_650:
        raise UsageError(f"{place}: within_days is {text[:40]!r}; give a number of days from 1 to 3650")
    return int(text)
