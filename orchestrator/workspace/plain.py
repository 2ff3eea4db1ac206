"""Parts of the SDK's answers as plain values: times, words of enumerations, bounded texts, settings without secrets."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from enum import Enum
from itertools import islice

MAX_TEXT = 2_000
MAX_SETTINGS = 100
MAX_VALUE = 300
_CREDENTIAL = re.compile(r"secret|passw|token|credential|api[._-]?key|access[._-]?key|account[._-]?key|sas\b", re.I)
_REFERENCE = re.compile(r"\{\{secrets/[^{}]{1,200}\}\}")
HIDDEN = "(not shown: the name speaks of a credential)"


def moment(milliseconds: int | None) -> dt.datetime | None:
    """A time of the REST interface, which counts milliseconds since 1970, in UTC; 0 stands for none there."""
    return dt.datetime.fromtimestamp(milliseconds / 1_000, dt.UTC) if milliseconds else None


def word(value: Enum | None) -> str | None:
    """The word of an enumeration as the REST interface writes it; None where the SDK knows none."""
    return None if value is None else str(value.value)


def brief(text: str | None, most: int = MAX_TEXT) -> str | None:
    """A text that somebody wrote, cut with a note of how much is left out."""
    if text is None or len(text) <= most:
        return text
    return f"{text[:most]} … ({len(text) - most} more characters)"


def safe_settings(settings: Mapping[str, str] | None) -> dict[str, str]:
    """At most 100 settings: a value whose name speaks of a credential is not shown unless it is a reference."""
    return {name: _safe(name, str(value)) for name, value in islice((settings or {}).items(), MAX_SETTINGS)}


def texts(values: Iterable[str | None] | None, most: int = MAX_SETTINGS) -> tuple[str, ...]:
    """The texts of a list that may be absent."""
    return tuple(value for value in islice(values or (), most) if value)


def _safe(name: str, value: str) -> str:
    if _CREDENTIAL.search(name) and not _REFERENCE.fullmatch(value):
        return HIDDEN
    return brief(value, MAX_VALUE) or ""
