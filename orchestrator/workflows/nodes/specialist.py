"""Step 4, once for each specialist: its conversation with the model, or the answer that it gave to the same before."""

from __future__ import annotations

from langgraph.errors import NodeError
from langgraph.runtime import Runtime

from orchestrator.events import SpecialistEnded, SpecialistStarted
from orchestrator.workflows.claims import read_answer
from orchestrator.workflows.graph.context import Context
from orchestrator.workflows.graph.failure import problem_of
from orchestrator.workflows.graph.state import Assigned, ReviewState, Said, silent


async def specialist(state: Assigned, runtime: Runtime[Context]) -> ReviewState:
    """Ask one specialist; what goes wrong is its problem, and costs nobody else."""
    runtime.context.tell(SpecialistStarted(who=state["who"], files=len(state["files"])))
    said = await runtime.context.said(state["who"])
    problem = said["problem"] or ""
    runtime.context.tell(
        SpecialistEnded(who=said["who"], turns=said["turns"], text=said["text"], problem=problem, reused=said["reused"])
    )
    return _ended(said)


async def specialist_failed(state: Assigned, error: NodeError, runtime: Runtime[Context]) -> ReviewState:
    """Where a specialist's step itself broke: nothing of it is reviewed, the others go on."""
    # After a restart the error comes back as its text, and this runs again.
    problem = problem_of(error.error)
    runtime.context.tell(SpecialistEnded(who=state["who"], turns=0, problem=problem))
    return _ended(silent(state["who"], problem))


def _ended(said: Said) -> ReviewState:
    problem = said["problem"]
    if problem is None and (lost := read_answer(said["who"], said["text"]).unreadable):
        # The others of its findings stand, and a resumed run asks it again.
        problem = f"{lost} of its findings could not be read"
    failures = {} if problem is None else {said["who"]: problem}
    return {"answers": {said["who"]: said}, "failures": failures}
