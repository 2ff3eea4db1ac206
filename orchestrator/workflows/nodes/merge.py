"""Step 7: the review by rules and what the specialists found, as one."""

from __future__ import annotations

from langgraph.runtime import Runtime

from orchestrator.workflows.graph.context import Context
from orchestrator.workflows.graph.state import ReviewState
from orchestrator.workflows.graph.steps import step


async def merge(state: ReviewState, runtime: Runtime[Context]) -> ReviewState:
    """Tell what the joined review holds; it stays in the context, because it is made of the code."""
    with step(runtime.context.tell, "merge") as at_work:
        review = (await runtime.context.outcome(state)).review
        at_work.detail = f"{len(review.shown)} findings"
        unfinished = bool(review.incomplete or review.unfinished)
    return {"outcome": "incomplete" if unfinished else "complete"}
