"""Step 1: what is reviewed, as it was read when the run began."""

from __future__ import annotations

from langgraph.runtime import Runtime

from orchestrator.workflows.graph.context import Context
from orchestrator.workflows.graph.state import ReviewState
from orchestrator.workflows.graph.steps import step


async def read(state: ReviewState, runtime: Runtime[Context]) -> ReviewState:
    """Tell what was read; the files themselves stay in the context, out of every checkpoint."""
    del state
    files = runtime.context.files
    with step(runtime.context.tell, "read") as at_work:
        at_work.detail = f"files: {len(files.sources)}"
    return {}
