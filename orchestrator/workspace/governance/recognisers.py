"""What Presidio's recognisers say of values, where the extra `pii` is installed: patterns and check digits, no model.

Each recogniser is asked by itself, with no language model and no network. A match counts from a score of 0.4: Presidio
gives 1.0 where check digits fit, 0.6 to a form that little else has, 0.5 to one that other data may have, 0.4 to a
phone number of a numbering plan, and less to mere digits. Words near a value, which raise scores in Presidio's own
engine, do not count: the name of the column is judged elsewhere.
"""

from __future__ import annotations

import importlib
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from importlib.metadata import version
from importlib.util import find_spec
from math import inf
from types import ModuleType
from typing import Protocol

COUNTS = 0.4
STRONG = 0.6
"""From this score on a form needs no other sign: check digits, addresses of machines and networks."""
VALUES = 20
"""Different values of a column that are put to the recognisers: some of them take milliseconds for one value."""
MAX_TEXT = 1_000
MAX_SECONDS = 0.1
"""One pattern on one value; what takes longer is no match."""
SHARE = 0.8
SHARE_INSIDE = 0.2
MIN_INSIDE = 3
KINDS: Mapping[str, str] = {
    "EmailRecognizer": "email", "PhoneRecognizer": "phone", "CreditCardRecognizer": "card_number",
    "IbanRecognizer": "iban", "IpRecognizer": "ip_address", "MacAddressRecognizer": "device_id",
    "UsSsnRecognizer": "us_ssn", "UsItinRecognizer": "us_tax_number", "UsMbiRecognizer": "health",
    "NhsRecognizer": "health", "AuMedicareRecognizer": "health", "DeHealthInsuranceRecognizer": "health",
    "UkNinoRecognizer": "national_id", "UkDrivingLicenceRecognizer": "national_id", "EsNifRecognizer": "national_id",
    "EsNieRecognizer": "national_id", "ItFiscalCodeRecognizer": "national_id", "PlPeselRecognizer": "national_id",
    "FiPersonalIdentityCodeRecognizer": "national_id", "SePersonnummerRecognizer": "national_id",
    "DeTaxIdRecognizer": "national_id", "DeSocialSecurityRecognizer": "national_id",
    "DeIdCardRecognizer": "national_id", "InAadhaarRecognizer": "national_id", "AuTfnRecognizer": "national_id",
    "CaSinRecognizer": "national_id", "KrRrnRecognizer": "national_id", "ThTninRecognizer": "national_id",
    "TrNationalIdRecognizer": "national_id", "SgFinRecognizer": "national_id", "ZaIdNumberRecognizer": "national_id",
}  # fmt: skip
"""Presidio's recognisers that are asked, and the kind of the lexicon whose values each knows."""


class Match(Protocol):
    """A place in a text."""

    @property
    def start(self) -> int:
        """Where it begins."""

    @property
    def end(self) -> int:
        """Where it ends."""

    @property
    def score(self) -> float:
        """How sure the recogniser is, from 0 to 1."""


class Recogniser(Protocol):
    """One of Presidio's recognisers."""

    supported_entities: Sequence[str]

    def analyze(self, text: str, entities: Sequence[str], nlp_artifacts: None = None) -> Sequence[Match]:
        """The places where the text holds one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """The kind that the values of a column seem to have, by a recogniser."""

    kind: str
    says: str
    strong: bool
    """check digits, or a form that little else has"""
    confirms: bool
    """enough to trust a form that other data has too, when our own validators see the same"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognisers:
    """Those that are installed, each with the kind that it knows."""

    known: tuple[tuple[str, Recogniser], ...]
    release: str

    @property
    def method(self) -> str:
        """What is asked, in words."""
        return f"presidio-analyzer {self.release}: {len(self.known)} recognisers of patterns, without a language model"

    def opinion(self, values: Iterable[str], until: float = inf) -> Opinion | None:
        """What most of the values are, or hold in longer texts; None where no recogniser says so.

        Recognisers whose turn comes after `until`, of the monotonic clock, are not asked.
        """
        texts = tuple(dict.fromkeys(value.strip()[:MAX_TEXT] for value in values))[:VALUES]
        counted = [_Count(kind, recogniser, texts) for kind, recogniser in self.known if time.monotonic() < until]
        whole = max(counted, key=lambda item: (len(item.whole), item.is_strong), default=None)
        if whole is not None and len(whole.whole) >= max(SHARE * len(texts), MIN_INSIDE):
            return whole.opinion(f"{len(whole.whole)} of {len(texts)} values are")
        inside = max(counted, key=lambda item: len(item.inside), default=None)
        if inside is not None and len(inside.inside) >= max(SHARE_INSIDE * len(texts), MIN_INSIDE):
            return inside.opinion(f"{len(inside.inside)} of {len(texts)} values hold")
        return None


class _Count:
    """The best score of each value that is one, and of each that holds one."""

    def __init__(self, kind: str, recogniser: Recogniser, texts: Iterable[str]) -> None:
        self.kind = kind
        self.entity = recogniser.supported_entities[0]
        self.whole: list[float] = []
        self.inside: list[float] = []
        for text in texts:
            self._add(text, _matches(kind, recogniser, text))

    def _add(self, text: str, matches: Sequence[Match]) -> None:
        whole = [item.score for item in matches if item.end - item.start == len(text)]
        if whole:
            self.whole.append(max(whole))
        elif matches:
            self.inside.append(max(item.score for item in matches))

    @property
    def is_strong(self) -> bool:
        """Whether most of what counts has a strong score."""
        scores = self.whole or self.inside
        return sum(score >= STRONG for score in scores) * 2 > len(scores)

    def opinion(self, counted: str) -> Opinion:
        """The same as an opinion."""
        says = f"presidio: {counted} {self.entity}"
        return Opinion(
            kind=self.kind, says=says, strong=self.is_strong, confirms=self.is_strong or self.kind == "phone"
        )


def _matches(kind: str, recogniser: Recogniser, text: str) -> Sequence[Match]:
    # Every form of KINDS has a digit, a colon or an at sign; most texts have none and need not be searched.
    if not any(item.isdigit() or item in "@:" for item in text):
        return ()
    found = (item for item in recogniser.analyze(text, recogniser.supported_entities, None) if item.score >= COUNTS)
    # Every third number of ten digits belongs to some numbering plan: a phone number has a sign between or before.
    return [item for item in found if kind != "phone" or not text[item.start : item.end].isdecimal()]


@cache
def recognisers() -> Recognisers | None:
    """Presidio's recognisers, loaded at the first call; None where the extra `pii` is not installed."""
    if find_spec("presidio_analyzer") is None:
        return None
    importlib.import_module("presidio_analyzer.pattern_recognizer").__dict__["REGEX_TIMEOUT_SECONDS"] = MAX_SECONDS
    offered = importlib.import_module("presidio_analyzer.predefined_recognizers")
    known = [(kind, _made(offered, name)) for name, kind in KINDS.items() if hasattr(offered, name)]
    return Recognisers(known=tuple(known), release=version("presidio-analyzer"))


def _made(offered: ModuleType, name: str) -> Recogniser:
    made: Recogniser = getattr(offered, name)()
    if name == "EmailRecognizer":
        # Its own way asks the network for the list of public suffixes, and keeps a copy on the disk.
        made.__dict__["validate_result"] = partial(_has_domain, _suffixes())
    return made


def _suffixes() -> Callable[[str], object]:
    """The list of public suffixes that tldextract ships."""
    found: Callable[[str], object] = importlib.import_module("tldextract").TLDExtract(
        suffix_list_urls=(), cache_dir=None
    )
    return found


def _has_domain(extract: Callable[[str], object], text: str) -> bool:
    return bool(getattr(extract(text), "fqdn", ""))
