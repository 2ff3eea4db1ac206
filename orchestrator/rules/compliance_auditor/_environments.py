"""Which environment a catalog belongs to by its name, and whether a table's name speaks of people."""

from __future__ import annotations

import re

_WORDS = re.compile(r"[^a-z0-9]+|(?<=[a-z])(?=\d)")
_PRODUCTION = frozenset({"prod", "prd", "production", "live"})
_BELOW = frozenset({"dev", "development", "test", "tst", "testing", "qa", "uat", "sandbox", "sbx", "nonprod",
                    "scratch", "playground"})  # fmt: skip
"""`staging` is not among them: for many teams it is the first layer of production."""
_PEOPLE = re.compile(
    r"(?:\A|_)(?:customers?|users?|patients?|members?|employees?|persons?|people|contacts?|subscribers?|accounts?_?holders?"
    r"|staff|payroll|leads|applicants?|students?|citizens?|guests?|passengers?|insured|policyholders?|individuals?|profiles?"
    r"|household_members?)(?:\Z|_(?:profiles?|master|details?|data|info|raw|history|dim|360|contacts?|addresses)\Z)"
)


def environment(name: str | None) -> str | None:
    """`production`, `below` or None by the words of a catalog's name; None where they say both."""
    words = frozenset(word for word in _WORDS.split((name or "").lower()) if word)
    is_production, is_below = bool(words & _PRODUCTION), bool(words & _BELOW)
    if is_production == is_below:
        return None
    return "production" if is_production else "below"


def is_of_people(table: str) -> bool:
    """Whether a table holds one row for each person by its name."""
    return _PEOPLE.search(table.lower()) is not None
