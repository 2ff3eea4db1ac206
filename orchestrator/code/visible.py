"""Makes text from a reviewed project or a tool harmless to show: what would act or hide is spelled out.

One implementation for everything that people and models read: reports, prompts and the answers of tools.
"""

from __future__ import annotations

import re

_PRINTED = bytes((*range(0x20, 0x7F), 0x09, 0x0A))
"""The ASCII characters that show as they are: printable ones, tab and newline."""
# C0 and C1 controls but tab and newline; the code points that Unicode lets programs ignore when they show text (soft
# hyphen, joiners, fillers, bidirectional controls, tag characters, selectors 17 to 256); line and paragraph separators;
# byte-order mark; marks of interlinear notes, shorthand and music; lone surrogates; Braille's blank; noncharacters.
_ALWAYS = (
    "\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200c\u200e\u200f"
    "\u2028-\u202e\u2060-\u206f\u2800\u3164\ufdd0-\ufdef\ufe00-\ufe0d\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\ud800-\udfff"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U0001fffe\U0001ffff\U000e0000-\U000e0fff"
)
_EMOJI = "\xa9\xae\u203c\u2049\u2122\u2139\u2190-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001faff"
ACTING = re.compile(
    f"[{_ALWAYS}]"
    # The joiner between two emoji and the selector after one are part of a picture that is seen.
    f"|(?<![{_EMOJI}\ufe0f])\u200d|\u200d(?![{_EMOJI}])"
    f"|(?<![{_EMOJI}0-9#*])[\ufe0e\ufe0f]|(?<=[0-9#*])[\ufe0e\ufe0f](?!\u20e3)"
)
"""One character that a terminal, editor, browser or model would obey or hide rather than show."""


def visible(text: str) -> str:
    """The text with every acting character spelled as `⟨U+XXXX⟩`; tabs and newlines stay."""
    if text.isascii() and not text.encode("ascii").translate(None, _PRINTED):
        return text
    return ACTING.sub(_spelled, text)


def _spelled(match: re.Match[str]) -> str:
    return f"⟨U+{ord(match.group()):04X}⟩"
