"""What may stand in a recording: credentials are masked, and what is still suspicious refuses the write."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from pydantic import JsonValue

from orchestrator.code.secrets import find_secrets, is_random

MASKED = "[redacted]"
CASE = "$CASE"
"""What stands for the folder of the case, so that a recording fits on every machine."""
SHORTEST_CREDENTIAL = 12
"""A shorter credential, such as a word for a server on loopback, is an ordinary word of a prompt too."""
_TOKENS = re.compile(
    r"(?<![A-Za-z0-9])(?:dapi|dkea|dsapi|dose)[0-9a-f]{32}(?:-\d)?"
    r"|sk-ant-[A-Za-z0-9_-]{16,200}|gh[pousr]_[A-Za-z0-9]{36}|(?:AKIA|ASIA)[0-9A-Z]{16}"
    r"|eyJ[A-Za-z0-9_-]{10,2000}\.eyJ[A-Za-z0-9_-]{10,4000}\.[A-Za-z0-9_-]{10,1000}"
    r"|(?<=Bearer )[A-Za-z0-9._~+/=-]{20,2000}"
)
_PERSONAL = re.compile(
    r"(?<![\w.-])(?:adb-\d{4,20}\.\d{1,3}\.azuredatabricks\.net|dbc-[0-9a-f-]{8,20}\.cloud\.databricks\.com)"
    r"|(?<![\w.+%-])[\w.+%-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,5}(?![\w-])"
)
_RESERVED = re.compile(r"@(?:[\w-]+\.)*(?:example(?:\.(?:com|org|net))?|test|invalid|localhost)$", re.IGNORECASE)
_NEAR = re.compile(
    r"(?i:passw(?:or)?d|secret|token|api[_-]?key|access[_-]?key|credential|authorization)[\w-]{0,20}"
    r"\\?[\"']?\s{0,3}[:=]\s{0,3}\\?[\"']?([A-Za-z0-9+/_=.~-]{20,200})"
)
_SHA = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scrubber:
    """`root` is the folder of the case; hosts and addresses in `public`, the text of the case, stay as they are."""

    root: Path | None = None
    public: str = ""

    def clean(self, value: JsonValue) -> JsonValue:
        """The value with what may not be kept masked in its texts and names."""
        spellings = _folders(self.root)

        def cleaned(part: JsonValue) -> JsonValue:
            if isinstance(part, str):
                return self._masked(part, spellings)
            if isinstance(part, list):
                return [cleaned(item) for item in part]
            if isinstance(part, dict):
                return {self._masked(name, spellings): cleaned(item) for name, item in part.items()}
            return part

        return cleaned(value)

    def text(self, text: str) -> str:
        """The text with what may not be kept masked."""
        return self._masked(text, _folders(self.root))

    def is_personal(self, value: str) -> bool:
        """Whether a host or an address is somebody's, and not a reserved one or of the case itself."""
        return _RESERVED.search(value) is None and value not in self.public

    def _masked(self, text: str, spellings: tuple[str, ...]) -> str:
        for spelling in spellings:
            text = text.replace(spelling, CASE)
        secret, personal = _suspicious(text)
        if not secret and not personal:
            return text
        values = {*secret, *filter(self.is_personal, personal)}
        for value in sorted(values, key=len, reverse=True):
            text = text.replace(value, MASKED)
        return text


@lru_cache(maxsize=64)
def _folders(root: Path | None) -> tuple[str, ...]:
    """How the folder of the case may be spelt, the longest first."""
    if root is None:
        return ()
    return tuple(sorted({str(root), str(root.resolve())}, key=len, reverse=True))


@lru_cache(maxsize=2048)
def _suspicious(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The credentials in a text, and its hosts and addresses.

    They are kept: every turn of every agent sends the same project and the same tools once more.
    """
    secret = [found.value for found in find_secrets(text)]
    secret += [match[0] for match in _TOKENS.finditer(text)]
    return tuple(secret), tuple(match[0] for match in _PERSONAL.finditer(text))


def leaks(value: JsonValue, credentials: Iterable[str]) -> Iterator[str]:
    """What in a value may not be kept, as the place and the kind of it, never the text itself.

    `credentials` are values that must not occur in any form: plain, in JSON, or in the upper or lower case.
    """
    wanted = {spelling for each in credentials if len(each) >= SHORTEST_CREDENTIAL for spelling in _spellings(each)}
    for place, text in _texts(value, "$"):
        lowered = text.lower()
        if any(each in lowered for each in wanted):
            yield f"{place} holds the credential of this process"
        if next(find_secrets(text), None) is not None or _TOKENS.search(text) is not None:
            yield f"{place} holds a token of a known form"
        yield from (
            f"{place} holds a random value after a word such as 'password'"
            for match in _NEAR.finditer(text)
            if not _SHA.fullmatch(match[1]) and is_random(match[1])
        )


def _spellings(credential: str) -> Iterator[str]:
    from base64 import b64encode

    yield credential.lower()
    yield json.dumps(credential)[1:-1].lower()
    yield b64encode(credential.encode("utf-8", "surrogatepass")).decode().rstrip("=").lower()


def _texts(value: JsonValue, place: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _texts(item, f"{place}[{index}]")
        words = [item.get("text") for item in value if isinstance(item, dict)]
        yield f"{place}[*].text", "".join(word for word in words if isinstance(word, str))
    elif isinstance(value, dict):
        for number, (name, item) in enumerate(value.items()):
            yield f"{place}.(name {number})", name
            yield from _texts(item, f"{place}.{name[:40]}")
            if isinstance(item, str):
                yield f"{place}.{name[:40]}", f"{name}: {item}"
