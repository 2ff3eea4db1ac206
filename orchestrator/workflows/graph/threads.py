"""The threads of a run: one for each state of its inputs, each a line of checkpoints that can be gone on with."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from orchestrator.workflows.graph.review import review_graph
from orchestrator.workflows.graph.state import ReviewState
from orchestrator.workflows.graph.store import opened_store

if TYPE_CHECKING:
    from langchain_core.runnables import RunnableConfig
    from langgraph.graph.state import CompiledStateGraph
    from langgraph.types import StateSnapshot

    from orchestrator.workflows.graph.context import Context

_START: ReviewState = {"assigned": []}


async def run_graph(context: Context, digest: str) -> ReviewState:
    """The state at the end of the graph, from wherever its checkpoints say that it had come."""
    async with opened_store(context.run, context.settings.store) as store:
        graph = review_graph().compile(checkpointer=store)
        config, known = await _thread(graph, context, digest)
        # Not `next`: a process that was killed between a task's writes and the next checkpoint leaves it empty.
        if known.values and not known.tasks:
            return cast("ReviewState", known.values)
        given = None if known.tasks else _START
        state = await graph.ainvoke(given, config, context=context, durability="async")
        return cast("ReviewState", state)


async def _thread(
    graph: CompiledStateGraph[ReviewState, Context, ReviewState, ReviewState], context: Context, digest: str
) -> tuple[RunnableConfig, StateSnapshot]:
    """The thread to go on with: the first of these inputs in which nobody has failed.

    Who failed is asked again in a new thread, where what the others said is taken from the calls and results that are
    kept.
    """
    attempt = 0
    while True:
        config: RunnableConfig = {
            "configurable": {"thread_id": f"{context.run.id}/{digest[:16]}/{attempt}"},
            "max_concurrency": context.settings.parallel,
        }
        known = await graph.aget_state(config)
        if not _has_failed(cast("ReviewState", known.values)):
            return config, known
        attempt += 1


def _has_failed(state: ReviewState) -> bool:
    return bool(state.get("failures")) or any(each["problem"] for each in state.get("judgements", {}).values())
