"""The words of classification tags: one for each kind of personal data, and one for how a table is treated.

They are the vocabulary of the skill data-classification; a governed tag that allows other words for the same is heard.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

COLUMN_WORDS = (
    "email", "phone", "name", "address", "birth_date", "national_id", "payment_card", "bank_account", "ip_address",
    "location", "health", "none",
)  # fmt: skip
TABLE_WORDS = ("public", "internal", "unverified", "confidential", "restricted")
"""From the least to the most careful treatment."""
COLUMN_MEANING = "What personal data a column holds"
TABLE_MEANING = "How the data is treated"
_KINDS: Mapping[str, tuple[str, ...]] = {
    "card_number": ("payment_card", "card", "card_number"),
    "card_secret": ("payment_card", "card", "card_secret"),
    "date_of_birth": ("birth_date", "date_of_birth"),
    "iban": ("iban", "bank_account"),
    "ip_address": ("ip_address", "ip"),
    "person_name": ("name", "person_name"),
    "us_ssn": ("national_id", "us_ssn"),
    "us_tax_number": ("national_id", "us_tax_number"),
}
_TREATMENT: Mapping[str, str] = {
    "online": "confidential",
    "personal": "confidential",
    "financial": "restricted",
    "government": "restricted",
    "special": "restricted",
    "secret": "restricted",
}


def column_word(kind: str, allowed: Iterable[str]) -> str | None:
    """The word for a kind of the scan among those that are allowed; any where none are named."""
    words, given = _KINDS.get(kind, (kind,)), frozenset(allowed)
    return words[0] if not given else next((word for word in words if word in given), None)


def column_new(kind: str) -> str:
    """The word that a governed tag lacks for a kind: that of the vocabulary where it has one."""
    words = _KINDS.get(kind, (kind,))
    return next((word for word in words if word in COLUMN_WORDS), words[0])


def treatment(sensitivity: str, allowed: Iterable[str]) -> str | None:
    """The word for how a table of such data is treated, among those that are allowed."""
    given = frozenset(allowed)
    words = (_TREATMENT[sensitivity], sensitivity)
    return words[0] if not given else next((word for word in words if word in given), None)


def raised(now: str | None, word: str) -> str:
    """The more careful of the two words: a treatment never falls, and a word of others is left as it is."""
    if now is None or now == word:
        return word
    if now not in TABLE_WORDS or word not in TABLE_WORDS:
        return now
    return max(now, word, key=TABLE_WORDS.index)
