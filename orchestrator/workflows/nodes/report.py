"""Step 8: the review into the run's folder."""

from __future__ import annotations

import json
from dataclasses import asdict

from langgraph.runtime import Runtime

from orchestrator.workflows.graph.context import Context
from orchestrator.workflows.graph.state import ReviewState
from orchestrator.workflows.graph.steps import step
from orchestrator.workflows.runs.record import write_private


async def report(state: ReviewState, runtime: Runtime[Context]) -> ReviewState:
    """Keep the review with its run; the formats that were asked for are written by the command."""
    with step(runtime.context.tell, "report"):
        review = (await runtime.context.outcome(state)).review
        write_private(runtime.context.run.report, json.dumps(asdict(review), ensure_ascii=False, indent=2))
    return {}
