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
_SPACE = re.compile(r"[\s\"'`]")
_PARTING = re.compile(r"[^\w+/=.~%-]")
MAX_WORD = 400
"""How much of a text may be left out so that no word of it is cut."""
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
    kept = whole_words(text, most)
    return f"{kept} … ({len(text) - len(kept)} more characters)"


def whole_words(text: str, most: int) -> str:
    """The beginning of a text, cut between words: half of a credential could not be told from a word and masked.

    A word of more than 400 characters is cut inside.
    """
    if len(text) <= most:
        return text
    for parting in (_SPACE, _PARTING):
        # The character after the cut tells whether a word ends there.
        ends = [match.start() for match in parting.finditer(text, max(most - MAX_WORD, 0), most + 1)]
        if ends:
            return text[: ends[-1]].rstrip()
    return text[:most]


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
