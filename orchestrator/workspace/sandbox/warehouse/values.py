"""The generated rows of a table: the same for the same seed, believable, and of nobody real."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from zlib import crc32

from orchestrator.workspace.sandbox.seed.part import Json
from orchestrator.workspace.sandbox.seed.unity import ColumnSeed, TableSeed
from orchestrator.workspace.sandbox.types import precision, type_name
from orchestrator.workspace.sandbox.unity import Placed

Value = str | int | float | bool | dt.date | dt.datetime | list[str] | dict[str, str] | None
Make = Callable[[int], Value]
"""A value from a number that depends on the table, the column and the row."""

_FIRST = (
    "Avery",
    "Blake",
    "Casey",
    "Dakota",
    "Emery",
    "Finley",
    "Harper",
    "Jules",
    "Kendall",
    "Logan",
    "Morgan",
    "Quinn",
)
_LAST = (
    "Ashdown",
    "Birchwood",
    "Cedarholm",
    "Dunmore",
    "Elmsford",
    "Fernley",
    "Glenrock",
    "Hollins",
    "Ivydale",
    "Larkhill",
)
_STREETS = ("Oak Street", "Mill Lane", "Station Road", "Harbour Way", "Garden Court", "Chapel Row")
_CITIES = ("Northport", "Easton", "Westhaven", "Southmere", "Millbrook", "Lakeside")
_WORDS = ("delivery", "claim", "refund", "renewal", "upgrade", "complaint", "question", "order", "return", "visit")
_ONE_OF = re.compile(r"one of (?P<choices>.+)")
_RANGE = re.compile(r"from (?P<low>-?\d+(?:\.\d+)?) to (?P<high>-?\d+(?:\.\d+)?)")


def _email(n: int) -> str:
    return f"{_FIRST[n % 12]}.{_LAST[n // 12 % 10]}{n % 97}@example.com".lower()


def _iban(n: int) -> str:
    """A German IBAN with valid check digits over a made-up account."""
    account = f"{50_000_000 + n % 40_000_000:08d}{n % 10_000_000_000:010d}"
    check = 98 - int(account + "131400") % 97
    return f"DE{check:02d}{account}"


def _card(n: int) -> str:
    """Sixteen digits that pass the Luhn check, from a range that card schemes keep for tests."""
    body = "400000" + f"{n % 1_000_000_000:09d}"
    doubled = [int(digit) * (2 if at % 2 == 0 else 1) for at, digit in enumerate(body)]
    total = sum(value - 9 if value > 9 else value for value in doubled)
    return f"{body}{-total % 10}"


def _national_id(n: int) -> str:
    """The form of a US social security number from a range that is never given out (area 900 to 999)."""
    return f"9{n % 100:02d}-{10 + n // 7 % 80:02d}-{1000 + n // 11 % 8999:04d}"


_MAKERS: dict[str, Make] = {
    "email": _email,
    "person": lambda n: f"{_FIRST[n % 12]} {_LAST[n // 12 % 10]}",
    "first_name": lambda n: _FIRST[n % 12],
    "last_name": lambda n: _LAST[n // 12 % 10],
    "phone": lambda n: f"+1-555-01{n % 100:02d}",
    "street": lambda n: f"{1 + n % 180} {_STREETS[n // 7 % 6]}",
    "city": lambda n: _CITIES[n % 6],
    "postcode": lambda n: f"{10_000 + n % 89_999:05d}",
    "iban": _iban,
    "card": _card,
    "national_id": _national_id,
    "ip": lambda n: f"198.51.100.{n % 254 + 1}",
    "birth_date": lambda n: dt.date(1945, 1, 1) + dt.timedelta(days=n % 21_900),
    "text": lambda n: f"{_WORDS[n % 10]} {_WORDS[n // 10 % 10]} {_WORDS[n // 100 % 10]}",
    "note": lambda n: (
        f"Customer {_FIRST[n % 12]} {_LAST[n // 12 % 10]} called from +1-555-01{n % 100:02d} about a {_WORDS[n % 10]}"
    ),
    "empty": lambda _: None,
}
_BY_NAME: tuple[tuple[str, str], ...] = (
    ("email", "email"), ("e_mail", "email"), ("phone", "phone"), ("mobile", "phone"), ("iban", "iban"),
    ("card_number", "card"),
    ("pan", "card"), ("ssn", "national_id"), ("national_id", "national_id"), ("tax_id", "national_id"),
    ("ip_address", "ip"), ("date_of_birth", "birth_date"), ("birth_date", "birth_date"), ("first_name", "first_name"),
    ("last_name", "last_name"), ("full_name", "person"), ("customer_name", "person"), ("street", "street"),
    ("address", "street"), ("city", "city"), ("postcode", "postcode"), ("postal_code", "postcode"),
    ("country", "one of DE, FR, NL, AT, PL"), ("currency", "one of EUR, EUR, EUR, CHF"),
    ("status", "one of open, closed, new"),
    ("amount", "from 5 to 900"), ("price", "from 2 to 400"), ("premium", "from 80 to 2400"),
    ("quantity", "from 1 to 9"),
    ("score", "from 0 to 1"), ("rate", "from 0 to 1"), ("name", "text"), ("description", "text"), ("comment", "text"),
)  # fmt: skip
"""What a column holds whose seed does not say, by a part of its name."""


def rows_of(table: Placed[TableSeed], now: dt.datetime) -> Iterator[Json]:
    """The rows of a table."""
    columns = {name: _column(table, name, column, now) for name, column in table.seed.columns.items()}
    for row in range(table.seed.rows):
        yield {name: values[row] for name, values in columns.items()}


def _column(table: Placed[TableSeed], name: str, column: ColumnSeed, now: dt.datetime) -> list[Value]:
    start = crc32(f"{table.full_name}.{name}".encode())
    wanted = column.values or _suggested(name, column)
    if wanted == "key":
        return [_key(table, name, row, column) for row in range(table.seed.rows)]
    make = _make(wanted, column, now)
    return [make((start + row * 2_654_435_761) % 4_294_967_291) for row in range(table.seed.rows)]


def _key(table: Placed[TableSeed], name: str, row: int, column: ColumnSeed) -> Value:
    """Keys count from 1 in the table that they belong to; elsewhere they refer to one of the first twenty."""
    own = not table.seed.primary_key or name in table.seed.primary_key[:1]
    number = row + 1 if own else crc32(f"{table.full_name}.{name}.{row}".encode()) % 20 + 1
    return f"{name.removesuffix('_id')}-{number:05d}" if type_name(column.type) == "STRING" else number


def _suggested(name: str, column: ColumnSeed) -> str:
    lowered = name.lower()
    if lowered.endswith(("_id", "_key")) or lowered == "id":
        by_name = next((values for part, values in _BY_NAME if part == lowered), None)
        return by_name or "key"
    numeric = type_name(column.type) in {"LONG", "INT", "SHORT", "BYTE", "DOUBLE", "FLOAT", "DECIMAL"}
    for part, values in _BY_NAME:
        if part in lowered and (not numeric or values.startswith("from")):
            return values
    return ""


def _make(wanted: str, column: ColumnSeed, now: dt.datetime) -> Make:
    kind = type_name(column.type)
    choice, span = _ONE_OF.fullmatch(wanted), _RANGE.fullmatch(wanted)
    if choice is not None:
        choices = [part.strip() for part in choice["choices"].split(",")]
        return lambda n: choices[n % len(choices)]
    if span is not None:
        return _between(float(span["low"]), float(span["high"]), column)
    if kind == "STRING" or wanted in {"birth_date", "empty"}:
        return _MAKERS.get(wanted, _MAKERS["text"])
    return _BY_TYPE.get(kind, _nested(kind))(now)


def _between(low: float, high: float, column: ColumnSeed) -> Make:
    kind = type_name(column.type)
    if kind in {"LONG", "INT", "SHORT", "BYTE"}:
        return lambda n: int(low + n % int(high - low + 1))
    digits = precision(column.type)[1] if kind == "DECIMAL" else 4
    return lambda n: round(low + (n % 10_000) / 10_000 * (high - low), digits)


_BY_TYPE: dict[str, Callable[[dt.datetime], Make]] = {
    "LONG": lambda _: lambda n: n % 1_000,
    "INT": lambda _: lambda n: n % 100,
    "SHORT": lambda _: lambda n: n % 50,
    "BYTE": lambda _: lambda n: n % 9,
    "DOUBLE": lambda _: lambda n: round(n % 10_000 / 100, 2),
    "FLOAT": lambda _: lambda n: round(n % 10_000 / 100, 2),
    "DECIMAL": lambda _: lambda n: round(n % 10_000 / 100, 2),
    "BOOLEAN": lambda _: lambda n: n % 3 == 0,
    "DATE": lambda now: lambda n: now.date() - dt.timedelta(days=n % 365),
    "TIMESTAMP": lambda now: lambda n: now.replace(tzinfo=None, microsecond=0) - dt.timedelta(minutes=n % 86_400),
    "TIMESTAMP_NTZ": lambda now: lambda n: now.replace(tzinfo=None, microsecond=0) - dt.timedelta(minutes=n % 86_400),
}


def _nested(kind: str) -> Callable[[dt.datetime], Make]:
    if kind == "ARRAY":
        return lambda _: lambda n: [_WORDS[n % 10]]
    if kind == "MAP":
        return lambda _: lambda n: {"source": _WORDS[n % 10]}
    return lambda _: lambda _n: None
