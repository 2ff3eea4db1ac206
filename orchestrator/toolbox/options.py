"""How a tool server is run."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class ServerOptions:
    """The options of `orchestrate mcp NAME`; seconds bound one tool call and one answer of the workspace."""

    allow_writes: bool = False
    profile: str | None = None
    deadline_seconds: float = 60.0
    answer_seconds: float = 15.0
