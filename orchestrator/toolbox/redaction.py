"""What leaves a tool: credentials masked, invisible and direction-changing characters spelled out."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, TypeVar

from orchestrator.code.secrets import find_secrets, masked

if TYPE_CHECKING:
    from pydantic import BaseModel

Result = TypeVar("Result", bound="BaseModel")
_PRINTED = re.compile(r"[\x20-\x7e\n\t\r]*")
_ESCAPED = re.compile(r"\\(?:u00[01]|[bf])")
"""How JSON writes control characters: the text of a result is printable even where its values are not."""
_KEPT = frozenset("\n\t\r")
_HIDDEN = frozenset({"Cc", "Cf", "Co", "Cn", "Cs"})


def redacted(result: Result) -> Result:
    """The result with no known form of credential and no character that a reader cannot see."""
    try:
        text = result.model_dump_json()
    except ValueError:
        # Half a character, as JSON may spell one, cannot be written as UTF-8.
        text = "\ud800"
    plain = _PRINTED.fullmatch(text) and not _ESCAPED.search(text)
    if plain and next(find_secrets(text), None) is None:
        return result
    return type(result).model_validate(_redacted(result.model_dump(mode="json", by_alias=True)))


def redacted_text(text: str) -> str:
    """One text, made safe in the same way."""
    shown = text if _PRINTED.fullmatch(text) else "".join(_spelled(character) for character in text)
    return masked(shown)


def _redacted(value: object) -> object:
    if isinstance(value, str):
        return redacted_text(value)
    if isinstance(value, list):
        return [_redacted(item) for item in value]
    if isinstance(value, dict):
        return {redacted_text(key): _redacted(item) for key, item in value.items()}
    return value


def _spelled(character: str) -> str:
    if character in _KEPT or unicodedata.category(character) not in _HIDDEN:
        return character
    return f"\\u{{{ord(character):X}}}"
