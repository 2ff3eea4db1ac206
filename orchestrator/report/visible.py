"""Makes text from a reviewed project harmless to print: what would act instead of show is spelled out."""

from __future__ import annotations

import re

# C0 and C1 controls but tab and newline; soft hyphen; joiners, marks and bidirectional controls; line and paragraph
# separators; byte-order mark; interlinear marks; lone surrogates; tag characters. An editor or terminal obeys these.
_ACTING = (
    "\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e01ef"
)
ACTING = re.compile(f"[{_ACTING}]")
"""One character that a terminal, editor or browser would obey or hide rather than show."""

_SPACES = re.compile(r"\s+")


def visible(text: str) -> str:
    """The text with every acting character spelled as `<U+XXXX>`; tabs and newlines stay."""
    return text if text.isascii() and text.isprintable() else ACTING.sub(_spelled, text)


def one_line(text: str, limit: int = 400) -> str:
    """The visible text on one line, clipped to that many characters with three dots at the end."""
    flat = _SPACES.sub(" ", visible(text[: limit * 2])).strip()
    return clipped(flat, limit)


def clipped(text: str, limit: int) -> str:
    """The text cut to that many characters, the last three of them dots where something was cut."""
    return text if len(text) <= limit else f"{text[: max(limit - 3, 0)].rstrip()}..."


def _spelled(match: re.Match[str]) -> str:
    return f"<U+{ord(match.group()):04X}>"
