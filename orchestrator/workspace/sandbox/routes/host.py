"""What a client asks before it has a token."""

from __future__ import annotations

from orchestrator.workspace.sandbox.call import Call
from orchestrator.workspace.sandbox.family import RAW, Family
from orchestrator.workspace.sandbox.seed.part import Json

FAMILY = Family(title="Host metadata", unguarded=True)


@FAMILY.get("/.well-known/databricks-config", sdk=RAW)
def host_metadata(call: Call) -> Json:
    """Where one would sign in; the client asks before its first question and warns where nothing answers."""
    return {"oidc_endpoint": f"{call.base_url.rstrip('/')}/oidc"}
