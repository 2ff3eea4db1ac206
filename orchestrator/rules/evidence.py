"""The lines that prove a finding."""

from __future__ import annotations

from orchestrator.code.source import SourceFile
from orchestrator.types import Location

MAX_EVIDENCE_LINES = 10


def quote(source: SourceFile, location: Location) -> str:
    """The verbatim lines at a location, the first `MAX_EVIDENCE_LINES` of them; empty where there are none."""
    if source.origins is None or not source.is_jupyter:
        last = min(location.end_line, location.start_line + MAX_EVIDENCE_LINES - 1)
        return source.quote(location.start_line, last)
    inside = [
        line
        for line, origin in zip(source.lines, source.origins, strict=False)
        if location.start_line <= origin.line <= location.end_line and origin.cell == location.cell
    ]
    return "\n".join(inside[:MAX_EVIDENCE_LINES])
