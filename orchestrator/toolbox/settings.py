"""What the user of a run gave its tools to work with."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from orchestrator.workspace.connection import Access

CALL_SECONDS = 50.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolSettings:
    """What tools may reach beside the project; nothing by default.

    `access` is the workspace that the user named: `Access()` for the SDK's own chain of credentials, one with a
    profile, or one with the host and token of a sandbox, as `workflows.measured.opening.opened` yields them.
    `deadline_seconds` bound one call of a tool, and at the first one the start of its server as well.
    """

    access: Access | None = None
    event_log: Path | None = None
    deadline_seconds: float = CALL_SECONDS
