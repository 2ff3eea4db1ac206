"""Spark properties without the secrets that people put into them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from orchestrator.workspace.spark.fields import Event
from orchestrator.workspace.spark.profile import Setting

MASK = "…redacted"
_MOST = 400
_MARGIN = 300
_SETTINGS = 3_000
_SECRET_NAME = re.compile(
    r"secret|passw|token|credential|access[._]?key|account[._]?key|api[._-]?key|private[._-]?key|\bsas\b|signature",
    re.IGNORECASE,
)
"""`spark.redaction.regex` has secret, password, token and access key; the rest are names of cloud storage."""
_SECRET_VALUE = re.compile(
    r"(?P<kept>://[^/\s:@]{1,200}:|(?:AccountKey|SharedAccessKey|sig|[\w.]{0,40}(?:password|secret|token))=)[^\s&;@'\"]+",
    re.IGNORECASE,
)


def settings(properties: Event) -> tuple[Setting, ...]:
    """The properties in their order, masked and cut to a readable length; a value that is not text is left out."""
    return tuple(_settings(properties))


def _settings(properties: Event) -> Iterator[Setting]:
    for count, (name, value) in enumerate(properties.items()):
        if count >= _SETTINGS:
            return
        if isinstance(value, str):
            yield Setting(name=name[:_MOST], value=shown(name, value))


def shown(name: str, value: str) -> str:
    """The value of one property as it may be shown."""
    if _SECRET_NAME.search(name):
        return MASK
    return masked(value, most=_MOST)


def masked(text: str, *, most: int) -> str:
    """The first `most` characters of a text, with the passwords of its addresses and options masked."""
    # What is cut off is cut before the search, and with a margin, so that no half of a secret is left at the end.
    return _SECRET_VALUE.sub(rf"\g<kept>{MASK}", text[: most + _MARGIN])[:most]
