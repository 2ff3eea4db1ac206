"""Step 6: an independent agent tries to prove the findings wrong."""

from __future__ import annotations

from langgraph.errors import NodeError
from langgraph.runtime import Runtime

from orchestrator.events import Judged, Warned
from orchestrator.workflows.graph.context import Context
from orchestrator.workflows.graph.failure import problem_of
from orchestrator.workflows.graph.state import ReviewState, Ruled
from orchestrator.workflows.graph.steps import step
from orchestrator.workflows.refuter.judge import NAME


async def refute(state: ReviewState, runtime: Runtime[Context]) -> ReviewState:
    """The refuter's word on every finding that it was asked about."""
    with step(runtime.context.tell, "refute") as at_work:
        judgements = await runtime.context.judged(state)
        words: dict[str, Ruled] = {
            each.finding: {
                "finding": each.finding,
                "word": each.word,
                "reason": each.reason,
                "problem": each.problem,
            }
            for each in judgements
        }
        asked = [each for each in judgements if each.word != "not-asked"]
        for each in asked:
            if each.word != "not-asked":
                runtime.context.tell(Judged(finding=each.finding, verdict=each.word, reason=each.reason))
        refuted = sum(each.word == "refuted" for each in asked)
        at_work.detail = f"{len(asked)} findings judged, {refuted} refuted"
    return {"judgements": words}


async def refute_failed(state: ReviewState, error: NodeError, runtime: Runtime[Context]) -> ReviewState:
    """Where the step itself broke: no finding of a model is kept, and the run is incomplete."""
    del state
    problem = problem_of(error.error)
    runtime.context.tell(Warned(text=f"the refuter gave no word: {problem}"))
    return {"failures": {NAME: problem}}
