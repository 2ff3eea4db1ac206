"""Joins of two streams, and what keeps their state from growing for ever."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from orchestrator.rules.rule import Severity
from orchestrator.rules.streaming_specialist._watermark import cleans_both, is_stream

if TYPE_CHECKING:
    from orchestrator.code.facts import Facts
    from orchestrator.code.frames import Frame
    from orchestrator.code.python import Call, PythonFile

HIDING = ("transform", "pipe")
"""Steps that may set a watermark, out of sight."""
_ONE = (
    "{} is joined with another stream and only one of the two has a watermark, so the rows of one side are kept in "
    "state for ever; set `withWatermark` on both"
)


def join_fault(file: PythonFile, facts: Facts, call: Call, before: Frame) -> tuple[Severity, str] | None:
    """How bad a join of two streams is that lacks a watermark, and why; None where it lacks none, or may have one."""
    other = facts.frame(file, call.argument(0, "other"))
    marked = [frame for frame in (before, other) if frame.has("withWatermark")]
    if not is_stream(file, other) or len(marked) > 1 or before.has(*HIDING) or other.has(*HIDING):
        return None
    name = file.text(call.receiver) if isinstance(call.receiver, ast.Name) else "the stream"
    if marked:
        return None if cleans_both(file, call, marked[0]) else (Severity.MEDIUM, _ONE.format(quoted(name)))
    return Severity.HIGH, (
        f"{quoted(name)} is joined with another stream and neither has a watermark, so both are kept in state for "
        "ever; set `withWatermark` on both and bound the time between them in the condition"
    )


def quoted(name: str) -> str:
    """A name as a message shows it."""
    return name if name == "the stream" else f"`{name}`"
