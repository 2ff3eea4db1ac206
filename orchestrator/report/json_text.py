"""Writes JSON that loses nothing and still prints harmlessly."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from orchestrator.report.visible import ACTING

if TYPE_CHECKING:
    import re


def json_text(value: object) -> str:
    """The value as indented JSON in the order of its keys, ending with a newline.

    Text stays readable, but what a terminal would obey is written as an escape, which a parser reads back unchanged.
    """
    return ACTING.sub(_escaped, json.dumps(value, indent=2, ensure_ascii=False)) + "\n"


def _escaped(match: re.Match[str]) -> str:
    return json.dumps(match.group()).strip('"') if match.group() != "\x7f" else "\\u007f"
