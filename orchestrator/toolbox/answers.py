"""What becomes of a server's answer before a model sees it: one text, without credentials, bounded."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from orchestrator.toolbox.offered import MAX_ANSWER, ToolAnswer
from orchestrator.toolbox.redaction import redacted_text

if TYPE_CHECKING:
    from mcp_types import CallToolResult

MAX_PROBLEM = 1_000
_WINDOW = 8 * MAX_ANSWER
_LONGEST_SECRET = 8_500
_NOTICE = 200
_TRACE = "Traceback (most recent call last)"


def answer_of(result: CallToolResult) -> ToolAnswer:
    """The answer in a server's result: its structured content, or its texts where there is none."""
    if result.is_error:
        return problem(_texts(result) or "the tool failed and did not say why")
    if result.structured_content is None:
        return ToolAnswer(text=bounded(_texts(result)))
    return ToolAnswer(text=bounded(json.dumps(result.structured_content, ensure_ascii=False, separators=(",", ":"))))


def problem(text: str) -> ToolAnswer:
    """An answer that says what was wrong, without the trace that a program may have added."""
    said = text.partition(_TRACE)[0].strip() or "the tool failed"
    return ToolAnswer(text=redacted_text(said[: 2 * MAX_PROBLEM])[:MAX_PROBLEM], is_error=True)


def bounded(text: str) -> str:
    """The text, made safe, and cut where it is too long for a model; the cut is said."""
    shown = redacted_text(text[:_WINDOW])
    if len(text) > _WINDOW:
        # A credential that the window cuts in two has no known form any more; it stands at the end, whole and unmasked.
        shown = shown[:-_LONGEST_SECRET]
    if len(text) <= _WINDOW and len(shown) <= MAX_ANSWER:
        return shown
    shown = shown[: MAX_ANSWER - _NOTICE]
    return (
        f"{shown}\n(cut here: {len(shown)} of about {len(text)} characters are shown; ask for less at once, or for one "
        "thing by its name)"
    )


def _texts(result: CallToolResult) -> str:
    return "\n".join(block.text if block.type == "text" else f"[{block.type} left out]" for block in result.content)
