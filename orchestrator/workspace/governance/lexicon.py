"""Names that speak of personal data: the words of `lexicon.json`, matched against the words of a column's name."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


@dataclass(frozen=True, kw_only=True)
class PersonalKind:
    """A kind of personal data: the words that name it, and the validator that knows its values (None: no form)."""

    kind: str
    sensitivity: str
    validator: str | None
    words: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, kw_only=True)
class Lexicon:
    """The kinds, and the names that only look like one."""

    kinds: tuple[PersonalKind, ...]
    not_personal: tuple[tuple[str, ...], ...]

    def named(self, column: str) -> PersonalKind | None:
        """The kind that the column's name speaks of: the longest run of words wins, or None."""
        words = name_words(column)
        if any(_holds(words, other) for other in self.not_personal):
            return None
        found = [(len(run), kind) for kind in self.kinds for run in kind.words if _holds(words, run)]
        return max(found, key=lambda item: item[0])[1] if found else None

    def of_validator(self, validator: str) -> PersonalKind:
        """The kind whose values the validator knows."""
        return next(kind for kind in self.kinds if kind.validator == validator)

    def of_kind(self, kind: str) -> PersonalKind:
        """The kind of that name."""
        return next(item for item in self.kinds if item.kind == kind)


def name_words(name: str) -> tuple[str, ...]:
    """The lower-case words of a name: `customerEmail`, `customer_email` and `CUSTOMER-EMAIL` are two words."""
    return tuple(word.lower() for word in _WORD.findall(name) if not word.isdecimal())


@cache
def lexicon() -> Lexicon:
    """The shipped lexicon."""
    raw = json.loads(files("orchestrator.workspace.governance").joinpath("lexicon.json").read_text(encoding="utf-8"))
    kinds = tuple(
        PersonalKind(
            kind=item["kind"],
            sensitivity=item["sensitivity"],
            validator=item["validator"],
            words=tuple(tuple(words.split()) for words in item["words"]),
        )
        for item in raw["kinds"]
    )
    return Lexicon(kinds=kinds, not_personal=tuple(tuple(words.split()) for words in raw["not_personal"]))


def _holds(words: tuple[str, ...], run: tuple[str, ...]) -> bool:
    """Whether the run stands in the words, one after the other."""
    size = len(run)
    return any(words[start : start + size] == run for start in range(len(words) - size + 1))
