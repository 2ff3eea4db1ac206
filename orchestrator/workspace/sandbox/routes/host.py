"""What a client asks before it has a token."""

from __future__ import annotations

from orchestrator.workspace.sandbox.call import Call
from orchestrator.workspace.sandbox.family import RAW, Family
from orchestrator.workspace.sandbox.problem import CallRefusedError
from orchestrator.workspace.sandbox.seed.part import Json

FAMILY = Family(title="Host metadata", unguarded=True)


@FAMILY.get("/.well-known/databricks-config", sdk=RAW)
def host_metadata(call: Call) -> Json:
    """404: the client then works with the host as it is."""
    raise CallRefusedError(404, "NOT_FOUND", f"No API found for 'GET {call.url_path}'")
