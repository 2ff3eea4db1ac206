"""Step 3: who is asked, and about which files; whoever has most to read begins."""

from __future__ import annotations

from langgraph.runtime import Runtime
from langgraph.types import Send

from orchestrator.workflows.graph.context import Context
from orchestrator.workflows.graph.state import ReviewState
from orchestrator.workflows.graph.steps import step


async def triage(state: ReviewState, runtime: Runtime[Context]) -> ReviewState:
    """Name the specialists whose subject is here, with their files."""
    del state
    with step(runtime.context.tell, "triage") as at_work:
        team = await runtime.context.team()
        at_work.detail = ", ".join(assigned["who"] for assigned in team.assigned) or "nobody's subject is here"
    return {"assigned": list(team.assigned)}


def branches(state: ReviewState) -> list[Send] | str:
    """One branch for each specialist; straight on where there is none."""
    assigned = state.get("assigned", [])
    return [Send("specialist", each) for each in assigned] if assigned else "evidence"
