"""A finding as a comment on a line of a pull request, within 10,000 characters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.report.markdown_text import code, fenced, link, prose
from orchestrator.report.preview import preview
from orchestrator.types import Source

if TYPE_CHECKING:
    from orchestrator.report.context import Context
    from orchestrator.types import Finding

_HUNKS = 2


def comment(finding: Finding, context: Context, *, said: str = "", suggests: bool = False) -> str:
    """What is wrong and why, and how to mend it; `said` tells where it stands, `suggests` that its fix stands below."""
    cell = f", cell {finding.location.cell}" if finding.location.cell is not None else ""
    by = "" if finding.source is Source.RULE else f" _({finding.source}, confidence {finding.confidence})_"
    parts = [
        f"**{finding.severity.capitalize()}** {code(finding.rule, 80)}{cell}: {prose(finding.message)}{by}",
        prose(finding.why, 1200),
        prose(said, 300),
    ]
    if finding.fix:
        parts.append(prose(finding.fix.description, 300) if suggests else _fix(finding, context))
    links = [link(f"source {number}", address) for number, address in enumerate(finding.references[:3], 1)]
    parts.append(", ".join(links))
    return "\n\n".join(part for part in parts if part)


def _fix(finding: Finding, context: Context) -> str:
    """How to mend it, with the first changed lines."""
    if finding.fix is None:
        return ""
    title = f"To mend it: {prose(finding.fix.description, 300)}"
    lines: list[str] = []
    for hunk in preview(finding.fix, context)[:_HUNKS]:
        lines += [f"@@ line {hunk.start_line} @@"]
        lines += [f"-{line}" for line in hunk.before]
        lines += [f"+{line}" for line in hunk.after]
    return f"{title}\n\n{fenced(chr(10).join(lines), 'diff', lines=16, width=160)}" if lines else title
