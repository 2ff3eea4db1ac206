"""A graph as a Mermaid diagram, drawn from what is compiled and run."""

from __future__ import annotations

from orchestrator.workflows.graph.environment import prepare_environment

_HANDLERS = "__error_handler__"


def drawn_review() -> str:
    """The review's graph; the handlers of errors, which LangGraph draws without an edge, are left out."""
    prepare_environment()
    from orchestrator.workflows.graph.review import review_graph

    drawn = review_graph().compile().get_graph()
    for name in [name for name in drawn.nodes if name.startswith(_HANDLERS)]:
        drawn.remove_node(drawn.nodes[name])
    return drawn.draw_mermaid()
