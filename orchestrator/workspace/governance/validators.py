"""What values look like: each validator says of one text whether it is of its kind, and `masked` shows no value.

Sources: Luhn, ISO/IEC 7812-1 annex B; IBAN, ISO 13616 (mod 97-10 and the lengths of the registry); SSN, never issued:
area 000, 666, 900-999, group 00, serial 0000 (https://www.ssa.gov/employer/randomization.html);
ITIN, begins with 9 (https://www.irs.gov/tin/itin/individual-taxpayer-identification-number-itin); phone, ITU-T E.164
(at most 15 digits); e-mail, the common subset of RFC 5321.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
import re
from collections.abc import Callable, Iterable, Mapping

_EMAIL = re.compile(r"[A-Za-z0-9._%+'-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z]{2,24}")
_CARD = re.compile(r"\d(?:[ -]?\d){12,18}")
_IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}")
_SSN = re.compile(r"(\d{3})([- ]?)(\d{2})\2(\d{4})")
_PHONE = re.compile(r"(?:\+\d{1,3}[ .-]?|00\d{1,3}[ .-]?)?\(?\d{1,5}\)?(?:[ .-]?\d{2,5}){1,4}")
_DATES = (
    re.compile(r"(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})(?:[T ]00:00:00.*)?"),
    re.compile(r"(?P<month>\d{1,2})/(?P<day>\d{1,2})/(?P<year>\d{4})"),
    re.compile(r"(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.(?P<year>\d{4})"),
)
_PREFIXES = ("2", "3", "4", "5", "6")
_IBAN_LENGTHS: Mapping[str, int] = {
    "AD": 24, "AE": 23, "AT": 20, "BE": 16, "BG": 22, "CH": 21, "CY": 28, "CZ": 24, "DE": 22, "DK": 18, "EE": 20,
    "ES": 24, "FI": 18, "FR": 27, "GB": 22, "GI": 23, "GR": 27, "HR": 21, "HU": 28, "IE": 22, "IS": 26, "IT": 27,
    "LI": 21, "LT": 20, "LU": 20, "LV": 21, "MC": 27, "MT": 31, "NL": 18, "NO": 15, "PL": 28, "PT": 25, "RO": 24,
    "SA": 24, "SE": 24, "SI": 19, "SK": 24, "SM": 27, "TR": 26,
}  # fmt: skip
_OLDEST_YEARS = 120
ADULT_YEARS = 18
SPREAD_YEARS = 10
MAX_TEXT = 4_000
"""Characters of a longer text that are searched."""


def is_email(text: str) -> bool:
    """An e-mail address."""
    return _EMAIL.fullmatch(text) is not None


def is_card(text: str) -> bool:
    """A payment card number: 13 to 19 digits of a card brand's range that pass the Luhn check."""
    if not _CARD.fullmatch(text):
        return False
    digits = re.sub(r"[ -]", "", text)
    return digits.startswith(_PREFIXES) and len(set(digits)) > 1 and luhn(digits)


def luhn(digits: str) -> bool:
    """Whether the last digit is the Luhn check digit of the rest."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def is_iban(text: str) -> bool:
    """An IBAN: the length of its country where it is known, and the remainder 1 modulo 97."""
    plain = text.replace(" ", "").upper()
    if not _IBAN.fullmatch(plain) or _IBAN_LENGTHS.get(plain[:2], len(plain)) != len(plain):
        return False
    moved = plain[4:] + plain[:4]
    return int("".join(str(int(character, 36)) for character in moved)) % 97 == 1


def is_ssn(text: str) -> bool:
    """A US social security number written with separators, of an area, group and serial that can be issued."""
    found = _SSN.fullmatch(text)
    if found is None or not found[2]:
        return False
    area, group, serial = found[1], found[3], found[4]
    return area not in {"000", "666"} and area < "900" and group != "00" and serial != "0000"


def is_tax_number(text: str) -> bool:
    """A number in the form of a US taxpayer number (ITIN): like a social security number, and it begins with 9."""
    found = _SSN.fullmatch(text)
    return found is not None and bool(found[2]) and found[1] >= "900"


def is_phone(text: str) -> bool:
    """A phone number: 7 to 15 digits, written with a plus sign, separators or brackets, and no other form."""
    digits = re.sub(r"\D", "", text)
    if not 7 <= len(digits) <= 15 or digits == text or not _PHONE.fullmatch(text):
        return False
    return not (_day(text) or _SSN.fullmatch(text) or is_ip(text))


def is_ip(text: str) -> bool:
    """An IPv4 or IPv6 address."""
    if text.count(".") != 3 and text.count(":") < 2:
        return False
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def is_birth_date(text: str) -> bool:
    """A date on which a living person can be born: within the last 120 years, and before today."""
    day = _day(text)
    today = dt.datetime.now(dt.UTC).date()
    return day is not None and today.year - _OLDEST_YEARS <= day.year and day < today


def _day(text: str) -> dt.date | None:
    found = next((match for form in _DATES if (match := form.fullmatch(text))), None)
    if found is None:
        return None
    try:
        return dt.date(int(found["year"]), int(found["month"]), int(found["day"]))
    except ValueError:
        return None


VALIDATORS: Mapping[str, Callable[[str], bool]] = {
    "email": is_email, "card": is_card, "iban": is_iban, "ssn": is_ssn, "ip": is_ip, "phone": is_phone,
    "tax_number": is_tax_number, "birth_date": is_birth_date,
}  # fmt: skip
_INSIDE: Mapping[str, re.Pattern[str]] = {
    "email": re.compile(r"[A-Za-z0-9._%+'-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z]{2,24}"),
    "card": re.compile(r"(?<![\w.])\d(?:[ -]?\d){12,18}(?![\w.])"),
    "iban": re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,30}\b"),
    "ssn": re.compile(r"(?<![\w-])\d{3}-\d{2}-\d{4}(?![\w-])"),
    "phone": re.compile(r"(?<![\w+])\+\d[\d ().-]{6,18}\d(?!\w)"),
}
"""Where such a value stands inside a longer text; what is found is put to the validator of the kind."""
WEAK = frozenset({"birth_date", "phone", "tax_number"})
"""Forms that other data has too: a date, a number with separators; alone they tell nothing."""


def counted(values: Iterable[str]) -> Mapping[str, int]:
    """How many of the values each validator accepts."""
    texts = [value.strip() for value in values]
    return {name: sum(1 for text in texts if accepts(text)) for name, accepts in VALIDATORS.items()}


def counted_inside(values: Iterable[str]) -> Mapping[str, int]:
    """How many of the values hold one of each kind inside a longer text."""
    texts = tuple(values)
    return {name: sum(1 for text in texts if _inside(text, name)) for name in _INSIDE}


def _inside(text: str, name: str) -> bool:
    found = (match.group().strip() for match in _INSIDE[name].finditer(text[:MAX_TEXT]))
    return any(item != text.strip() and VALIDATORS[name](item) for item in found)


def lived(values: Iterable[str]) -> bool:
    """Whether dates are spread as birth dates are: over ten years and more, half of them 18 years ago or longer."""
    days = sorted(day for value in values if (day := _day(value.strip())))
    if not days:
        return False
    adult = dt.datetime.now(dt.UTC).date().year - ADULT_YEARS
    return days[len(days) // 2].year <= adult and days[-1].year - days[0].year >= SPREAD_YEARS


def masked(value: str) -> str:
    """The shape of a value and nothing of it: letters become `x`, digits `9`; at most 24 characters."""
    shape = "".join(item if not item.isalnum() else "x" if item.isalpha() else "9" for item in value[:24])
    return shape + ("…" if len(value) > 24 else "")
