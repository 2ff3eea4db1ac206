"""Step 2: the review by rules, the same function that runs where no model is asked."""

from __future__ import annotations

from langgraph.runtime import Runtime

from orchestrator.workflows.graph.context import Context
from orchestrator.workflows.graph.state import ReviewState
from orchestrator.workflows.graph.steps import step


async def rules(state: ReviewState, runtime: Runtime[Context]) -> ReviewState:
    """Run the rules; their review stays in the context and is computed again by a resumed run."""
    del state
    with step(runtime.context.tell, "rules") as at_work:
        review = (await runtime.context.reviewed()).review
        at_work.detail = f"{len(review.reported)} findings by {review.rules} rules"
    return {}
