"""The sandbox workspace: a loopback server that answers the REST calls of the unmodified databricks-sdk from a seed.

with Sandbox.start() as sandbox:
    client = WorkspaceClient(host=sandbox.host, token=sandbox.token)
"""

from __future__ import annotations

from orchestrator.workspace.sandbox.faults import Fault, Trouble
from orchestrator.workspace.sandbox.seed import Seed
from orchestrator.workspace.sandbox.server import Sandbox

__all__ = ["Fault", "Sandbox", "Seed", "Trouble"]
