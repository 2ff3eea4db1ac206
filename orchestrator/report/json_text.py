"""Writes JSON that loses nothing and still prints harmlessly."""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING

from orchestrator.code.visible import ACTING

if TYPE_CHECKING:
    import re


def json_text(value: object) -> str:
    """The value, dataclasses included, as indented JSON in the order of its keys, ending with a newline.

    Text stays readable, but what a terminal would obey is written as an escape, which a parser reads back unchanged.
    """
    return ACTING.sub(_escaped, json.dumps(value, indent=2, ensure_ascii=False, default=_members)) + "\n"


def _members(value: object) -> dict[str, object]:
    """The fields of a dataclass, in their order; much cheaper than `asdict`, which copies every leaf."""
    if not is_dataclass(value):
        raise TypeError(f"cannot print {type(value).__name__!r} as JSON; dataclasses, numbers, text and lists can be")
    return {field.name: getattr(value, field.name) for field in fields(value)}


def _escaped(match: re.Match[str]) -> str:
    return json.dumps(match.group()).strip('"') if match.group() != "\x7f" else "\\u007f"
