"""Text from a reviewed project cut to the room that a report has for it."""

from __future__ import annotations

import re

from orchestrator.code.visible import visible

_SPACES = re.compile(r"\s+")


def one_line(text: str, limit: int = 400) -> str:
    """The visible text on one line, clipped to that many characters with three dots at the end."""
    flat = _SPACES.sub(" ", visible(text[: limit * 2])).strip()
    return clipped(flat, limit)


def clipped(text: str, limit: int) -> str:
    """The text cut to that many characters, the last three of them dots where something was cut."""
    return text if len(text) <= limit else f"{text[: max(limit - 3, 0)].rstrip()}..."
