"""Names of columns and variables that hold data about one person, told from names that only speak of it."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_WORD = re.compile(r"[a-z]+|\d+")

_KINDS: Final[tuple[tuple[str, re.Pattern[str]], ...]] = (
    ("an e-mail address", re.compile(r"^(?:.+ )?e ?mail(?: address| addr| id)?$")),
    (
        "a government number",
        re.compile(
            r"^(?:.+ )?(?:ssn|ssns|social security(?: number| no| num)?|national id(?: number)?|nino"
            r"|passport(?: number| no| num)?|drivers? licen[cs]e(?: number| no| num)?"
            r"|national insurance number|aadhaar(?: number)?)$"
        ),
    ),
    (
        "a payment number",
        re.compile(r"^(?:.+ )?(?:credit card(?: number| no| num)?|card number|cc number|iban|cvv)$"),
    ),
    (
        "a telephone number",
        re.compile(
            r"^(?:(?:customer|contact|home|work|mobile|cell|user|patient|member|primary) )?"
            r"(?:phone|mobile|telephone|cellphone)(?: number| no| num)?$|^msisdn$"
        ),
    ),
    ("a date of birth", re.compile(r"^(?:.+ )?(?:date of birth|birth ?date|dob)$")),
    (
        "a name",
        re.compile(
            r"^(?:.+ )?(?:first name|last name|surname|maiden name|firstname|lastname|patient name)$"
            r"|^(?:customer|patient|employee|member|user|person|contact) full name$"
        ),
    ),
    (
        "an address",
        re.compile(r"^(?:.+ )?(?:street address|home address|postal address|mailing address|address line(?: \d)?)$"),
    ),
    ("a medical record number", re.compile(r"^(?:.+ )?(?:mrn|medical record number)$")),
)
_NOT_A_PERSON: Final = frozenset(
    {"sender", "support", "alert", "alerts", "notification", "notifications", "notify", "admin", "service", "smtp",
     "from", "to", "recipient", "recipients", "company", "store", "vendor", "supplier", "warehouse", "shop", "test",
     "hashed", "hash", "masked", "mask", "encrypted", "tokenized", "anonymized", "anonymised", "redacted", "has", "is",
     "valid", "on", "no", "send", "sent", "pseudo", "safe", "fake", "dummy", "branch", "office",
     "deployer", "owner", "author"}
)  # fmt: skip
"""Words that turn the name into that of a machine, a company, a flag or a protected value."""


@lru_cache(maxsize=4096)
def personal_kind(name: str) -> str | None:
    """What the values of a column of that name are, such as "an e-mail address"; None where it names no person."""
    words = _WORD.findall(_CAMEL.sub("_", name).lower())
    if not words or not _NOT_A_PERSON.isdisjoint(words):
        return None
    spoken = " ".join(words)
    return next((kind for kind, pattern in _KINDS if pattern.search(spoken)), None)
