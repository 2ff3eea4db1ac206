"""What leaves a tool: credentials masked, invisible and direction-changing characters spelled out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeVar

from orchestrator.code.assigned import is_credential_of
from orchestrator.code.scrubbing import may_hold_credential, scrubbed
from orchestrator.code.secrets import MASK
from orchestrator.code.visible import visible

if TYPE_CHECKING:
    from pydantic import BaseModel

Result = TypeVar("Result", bound="BaseModel")
_ESCAPED = re.compile(r"\\(?:u00[01]|[bfr])")
"""How JSON writes control characters: the text of a result is printable even where its values are not."""


def redacted(result: Result) -> Result:
    """The result with no credential and no character that a reader cannot see."""
    try:
        text = result.model_dump_json()
    except ValueError:
        # Half a character, as JSON may spell one, cannot be written as UTF-8.
        text = "\ud800"
    if visible(text) == text and not _ESCAPED.search(text) and not may_hold_credential(text):
        return result
    return type(result).model_validate(redacted_value(result.model_dump(mode="json", by_alias=True)))


def redacted_text(text: str) -> str:
    """One text, made safe in the same way."""
    return scrubbed(visible(text.replace("\r\n", "\n")))


def redacted_value(value: object) -> object:
    """A value of JSON with every text in it made safe, those whose key names a credential masked whole."""
    if isinstance(value, str):
        return redacted_text(value)
    if isinstance(value, list):
        return [redacted_value(item) for item in value]
    if isinstance(value, dict):
        return {redacted_text(key): _of(key, item) for key, item in value.items()}
    return value


def _of(name: str, value: object) -> object:
    if isinstance(value, str) and is_credential_of(name, value):
        return MASK
    return redacted_value(value)
