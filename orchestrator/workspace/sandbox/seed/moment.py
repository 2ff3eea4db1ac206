"""Times of a seed: written relative to its `now`, kept as milliseconds since 1970, as the REST interface sends them."""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated

from pydantic import BeforeValidator, ValidationInfo

_AGE = re.compile(r"(?P<ahead>in )?(?P<number>\d{1,5})(?P<unit>[dhm])(?: (?P<hour>[01]\d|2[0-3]):(?P<minute>[0-5]\d))?")
_UNITS = {"d": "days", "h": "hours", "m": "minutes"}
FORMS = "'3d' (three days ago), '5h', '40m', 'in 9d', or '3d 02:15' (that day at 02:15 UTC)"


def milliseconds(moment: dt.datetime) -> int:
    """Milliseconds since 1970."""
    return int(moment.timestamp() * 1000)


def moment_of(milliseconds_since_1970: int) -> dt.datetime:
    """The UTC time of a number of milliseconds."""
    return dt.datetime.fromtimestamp(milliseconds_since_1970 / 1000, tz=dt.UTC)


def text_of(milliseconds_since_1970: int) -> str:
    """The time as ISO 8601 with milliseconds and `Z`."""
    return moment_of(milliseconds_since_1970).strftime("%Y-%m-%dT%H:%M:%S.") + f"{milliseconds_since_1970 % 1000:03d}Z"


def read_moment(text: str, now: dt.datetime) -> dt.datetime:
    """The time that a text such as `3d`, `in 9d` or `3d 02:15` means, seen from `now`.

    Raises:
        ValueError: the text has none of these forms.
    """
    match = _AGE.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"{text!r} is no time; write {FORMS}")
    distance = dt.timedelta(**{_UNITS[match["unit"]]: int(match["number"])})
    found = now + distance if match["ahead"] else now - distance
    if match["hour"] is None:
        return found
    return found.replace(hour=int(match["hour"]), minute=int(match["minute"]), second=0, microsecond=0)


def _validated(value: object, info: ValidationInfo) -> object:
    if not isinstance(value, str):
        return value
    now: dt.datetime | None = (info.context or {}).get("now")
    if now is None:
        raise ValueError("a relative time needs the `now` of the seed")
    return milliseconds(read_moment(value, now))


Moment = Annotated[int, BeforeValidator(_validated)]
"""Milliseconds since 1970; in YAML also a text relative to the seed's `now`."""
