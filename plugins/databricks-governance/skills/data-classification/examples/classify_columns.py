"""Candidates for sensitive columns from names, types and a few sampled values: `python classify_columns.py`. Pure
Python.

Values are looked at and forgotten: no result holds one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import ip_address

ENOUGH_SAMPLES = 5
SHARE_OF_MATCHES = 0.8


class Confidence(StrEnum):
    """High with two signals, low with one."""

    HIGH = "high"
    LOW = "low"


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column as the catalog knows it, with at most a hundred sampled values as text."""

    name: str
    data_type: str = "string"
    samples: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A class that the column may hold, and why."""

    column: str
    pii: str
    confidence: Confidence
    reason: str


def is_card(text: str) -> bool:
    """Whether the text is 13 to 19 digits that pass Luhn's check; spaces and hyphens are allowed."""
    digits = [int(character) for character in re.sub(r"[ -]", "", text) if character.isdigit()]
    if not 13 <= len(digits) <= 19 or not re.fullmatch(r"[\d -]+", text) or len(set(digits)) == 1:
        return False
    doubled = [digit if place % 2 == 0 else digit * 2 - 9 * (digit > 4) for place, digit in enumerate(reversed(digits))]
    return sum(doubled) % 10 == 0


def is_iban(text: str) -> bool:
    """Whether the text is an IBAN whose checksum holds (remainder 1 of 97)."""
    compact = text.replace(" ", "").upper()
    if not re.fullmatch(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}", compact):
        return False
    return int("".join(str(int(character, 36)) for character in compact[4:] + compact[:4])) % 97 == 1


def is_address_of_host(text: str) -> bool:
    """Whether the text is an IPv4 or IPv6 address; a bare number is not."""
    try:
        ip_address(text.strip())
    except ValueError:
        return False
    return True


def matches(pattern: str) -> Callable[[str], bool]:
    """A check that the whole text fits the pattern."""
    compiled = re.compile(pattern)
    return lambda text: compiled.fullmatch(text.strip()) is not None


@dataclass(frozen=True, kw_only=True)
class Class:
    """One class: words of a name that point to it, the check of a value, and types that it can have."""

    pii: str
    words: frozenset[str]
    looks_right: Callable[[str], bool] | None = None
    types: frozenset[str] = frozenset({"string"})


CLASSES = (
    Class(pii="email", words=frozenset({"email", "mail"}), looks_right=matches(r"[^@\s]+@[^@\s]+\.[A-Za-z]{2,}")),
    Class(
        pii="payment_card", words=frozenset({"card", "pan"}), looks_right=is_card, types=frozenset({"string", "bigint"})
    ),
    Class(pii="bank_account", words=frozenset({"iban"}), looks_right=is_iban),
    Class(pii="ip_address", words=frozenset({"ip"}), looks_right=is_address_of_host),
    Class(
        pii="phone", words=frozenset({"phone", "mobile", "msisdn", "fax"}), looks_right=matches(r"\+?[\d ()/.-]{7,20}")
    ),
    Class(
        pii="national_id",
        words=frozenset({"ssn", "passport", "nin"}),
        looks_right=matches(r"(?!000|666|9)\d{3}-\d{2}-\d{4}"),
    ),
    Class(
        pii="birth_date",
        words=frozenset({"birth", "birthday", "dob", "birthdate"}),
        types=frozenset({"string", "date", "timestamp"}),
    ),
    Class(pii="name", words=frozenset({"firstname", "lastname", "surname", "fullname"})),
)

# Words that make the column about the thing and not the thing itself.
ABOUT = frozenset(
    {
        "flag",
        "count",
        "hash",
        "hashed",
        "sent",
        "opened",
        "verified",
        "valid",
        "type",
        "status",
        "domain",
        "template",
        "is",
        "has",
        "num",
    }
)
PAIRS = {
    ("first", "name"): "firstname",
    ("last", "name"): "lastname",
    ("full", "name"): "fullname",
    ("e", "mail"): "email",
}
# Values of these classes look like those of others, so values alone do not prove them.
WEAK_VALUES = frozenset({"phone"})


def words(name: str) -> list[str]:
    """The words of a column's name, from snake_case and camelCase, with known pairs joined."""
    parts = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name).lower()
    found = [part for part in re.split(r"[^a-z0-9]+", parts) if part]
    joined: list[str] = []
    for part in found:
        pair = PAIRS.get((joined[-1], part)) if joined else None
        joined[-1:] = [pair] if pair else [*joined[-1:], part]
    return joined


def share(samples: Sequence[str], looks_right: Callable[[str], bool]) -> float:
    """The share of samples that pass the check."""
    return sum(map(looks_right, samples)) / len(samples)


def candidate(column: Column, item: Class) -> Candidate | None:
    """The candidate of one class, or None: name and values are high, one of them is low, and values that contradict
    the name are none.
    """
    parts = words(column.name)
    named = bool(item.words.intersection(parts)) and not ABOUT.intersection(parts)
    samples = [text for text in column.samples if text.strip()]
    tested = item.looks_right is not None and len(samples) >= ENOUGH_SAMPLES
    proved = tested and item.looks_right is not None and share(samples, item.looks_right) >= SHARE_OF_MATCHES
    if named and tested and not proved:
        return None
    if named and proved:
        return Candidate(column=column.name, pii=item.pii, confidence=Confidence.HIGH, reason="name and values")
    if proved and item.pii not in WEAK_VALUES:
        return Candidate(column=column.name, pii=item.pii, confidence=Confidence.LOW, reason="values")
    if named:
        return Candidate(column=column.name, pii=item.pii, confidence=Confidence.LOW, reason="name")
    return None


def classify(columns: Iterable[Column]) -> list[Candidate]:
    """At most one candidate for each column: the surest, and of equals the first in the list of classes."""
    found = []
    for column in columns:
        base = column.data_type.lower().split("(")[0]
        options = [candidate(column, item) for item in CLASSES if base in item.types]
        ranked = sorted(
            (option for option in options if option), key=lambda option: option.confidence is not Confidence.HIGH
        )
        found.extend(ranked[:1])
    return found


SAMPLE = [
    Column(name="customerEmail", samples=tuple(f"person{number}@example.com" for number in range(8))),
    Column(name="email_sent_flag", data_type="boolean"),
    Column(name="notes", samples=("call back", "paid", "moved", "asked for price", "complaint")),
    Column(name="reference", samples=("DE89370400440532013000",) * 6),
    Column(name="first_name"),
    Column(name="product_name"),
]


if __name__ == "__main__":
    for result in classify(SAMPLE):
        print(f"{result.column}: {result.pii} ({result.confidence}, by {result.reason})")
    assert [result.pii for result in classify(SAMPLE)] == ["email", "bank_account", "name"]
