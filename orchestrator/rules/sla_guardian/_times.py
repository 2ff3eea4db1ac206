"""Spans of time: how long a schedule pauses at the most, and how long a promise allows; both in minutes."""

from __future__ import annotations

import datetime as dt
import re
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from orchestrator.code.contract import SlaProperty

DAY: Final = 24 * 60
_DAYS_LOOKED_AT: Final = 2000
"""Enough for a schedule of each 29 February to start twice."""
_FIRST: Final = dt.date(2027, 1, 1)
_NAMES: Final = {
    name: number
    for names in (("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"),
                  ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"))
    for number, name in enumerate(names, 1)
}  # fmt: skip
_WORKDAYS: Final = frozenset(range(2, 7))
_UNITS: Final = {
    **dict.fromkeys(("min", "mins", "minute", "minutes"), 1),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), 60),
    **dict.fromkeys(("d", "day", "days"), DAY),
    **dict.fromkeys(("w", "wk", "week", "weeks"), 7 * DAY),
}
_WORDS: Final = {"hourly": 60, "daily": DAY, "weekly": 7 * DAY}
_VALUE: Final = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*\Z", re.IGNORECASE)
_ISO: Final = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?\Z")
_PERIODS: Final = {"HOURS": 60, "DAYS": DAY, "WEEKS": 7 * DAY}


def allowed(promise: SlaProperty) -> int | None:
    """How old the data may become by a promise; None where value or unit are not certain."""
    text = promise.value.text if promise.value is not None else ""
    iso = _ISO.match(text)
    if iso and any(iso.groups()):
        days, hours, minutes = (int(part or 0) for part in iso.groups())
        return days * DAY + hours * 60 + minutes
    match = _VALUE.match(text)
    if match is None:
        return _WORDS.get(text.strip().lower())
    unit = _UNITS.get((match[2] or promise.unit or "").lower())
    return int(float(match[1]) * unit) if unit else None


@cache
def longest_pause(quartz: str) -> int | None:
    """The longest time between two starts of a quartz schedule; None where it is not read.

    A schedule for Monday to Friday promises nothing about weekends: they are left out.
    """
    fields = quartz.upper().split()
    if len(fields) not in {6, 7} or "${" in quartz:
        return None
    sets = [_field(text, low, high) for text, (low, high) in zip(fields[1:6], _LIMITS, strict=True)]
    minutes, hours, days, months, weekdays = sets
    if any(found is None for found in sets) or not (minutes and hours and days and months and weekdays):
        return None
    starts = sorted(hour * 60 + minute for hour in hours for minute in minutes)
    fitting = [day for day in _days() if day.day in days and day.month in months and _weekday(day) in weekdays]
    pauses = [later - earlier for earlier, later in pairwise(starts)]
    for earlier, later in pairwise(fitting):
        apart = (later - earlier).days
        is_weekend = weekdays == _WORKDAYS and apart == 3 and _weekday(later) == 2
        pauses.append((1 if is_weekend else apart) * DAY - starts[-1] + starts[0])
    return max(pauses, default=None)


def period(interval: int | None, unit: str | None) -> int | None:
    """The minutes of a periodic trigger."""
    minutes = _PERIODS.get((unit or "").upper())
    return interval * minutes if interval and minutes else None


def shown(minutes: int) -> str:
    """The span in the largest unit that fits."""
    for unit, size in (("day", DAY), ("hour", 60)):
        if minutes % size == 0 and minutes >= size:
            count = minutes // size
            return f"{count} {unit}{'' if count == 1 else 's'}"
    return f"{minutes} minutes"


_LIMITS: Final = ((0, 59), (0, 23), (1, 31), (1, 12), (1, 7))


@cache
def _days() -> list[dt.date]:
    return [_FIRST + dt.timedelta(days=number) for number in range(_DAYS_LOOKED_AT)]


def _weekday(day: dt.date) -> int:
    """The day of the week as Quartz counts it: Sunday is 1."""
    return day.isoweekday() % 7 + 1


def _field(text: str, low: int, high: int) -> frozenset[int] | None:
    """The values that a field allows; None for `L`, `W`, `#` and what is no field."""
    found: set[int] = set()
    for part in text.split(","):
        span, _, step = part.partition("/")
        first, dash, last = span.partition("-")
        begin = low if first in {"*", "?", ""} else _number(first)
        end = high if first in {"*", "?", ""} or (step and not dash) else _number(last if dash else first)
        width = _number(step) if step else 1
        if begin is None or end is None or not width:
            return None
        found |= set(range(begin, end + 1, width)) if begin <= end else _around(begin, end, low, high)
    return frozenset(found & set(range(low, high + 1)))


def _around(begin: int, end: int, low: int, high: int) -> set[int]:
    """A span such as FRI-MON that goes over the end."""
    return {*range(begin, high + 1), *range(low, end + 1)}


def _number(text: str) -> int | None:
    return int(text) if text.isdigit() else _NAMES.get(text)
