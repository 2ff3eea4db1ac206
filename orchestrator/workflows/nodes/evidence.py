"""Step 5: each claim against the code, byte for byte."""

from __future__ import annotations

from langgraph.runtime import Runtime

from orchestrator.types import Standing
from orchestrator.workflows.graph.context import Context
from orchestrator.workflows.graph.state import ReviewState
from orchestrator.workflows.graph.steps import step


async def evidence(state: ReviewState, runtime: Runtime[Context]) -> ReviewState:
    """Tell how many claims stand in the code; the findings themselves are made again from the answers when needed."""
    with step(runtime.context.tell, "evidence") as at_work:
        findings = await runtime.context.claimed(state)
        withheld = sum(finding.standing is Standing.WITHHELD for finding in findings)
        at_work.detail = f"{len(findings) - withheld} claims stand in the code, {withheld} do not"
    return {}
