"""A graph as a Mermaid diagram, drawn from what is compiled and run."""

from __future__ import annotations

from itertools import pairwise

from orchestrator.workflows.graph.environment import prepare_environment

SHAPES = {
    "audit": ("parameters", "facts", "checks"),
    "generate": ("parameters", "texts", "compare", "write", "validate"),
    "operate": ("parameters", "live", "changes", "preflight", "approval", "apply", "verify"),
}
"""The steps of each shape that need no model; they are plain functions, and the graph of the review follows them."""
_BACK = "take_back"
_HANDLERS = "__error_handler__"


def drawn_review() -> str:
    """The review's graph; the handlers of errors, which LangGraph draws without an edge, are left out."""
    prepare_environment()
    from orchestrator.workflows.graph.review import review_graph

    drawn = review_graph().compile().get_graph()
    for name in [name for name in drawn.nodes if name.startswith(_HANDLERS)]:
        drawn.remove_node(drawn.nodes[name])
    return drawn.draw_mermaid()


def drawn_shape(shape: str) -> str:
    """The steps of a shape as they are called, then the review's graph, which a named model adds before the report."""
    steps = SHAPES[shape]
    head, body = drawn_review().split("graph TD;\n", 1)
    first = "__start__ --> read;"
    edges = [f"{before} --> {after};" for before, after in pairwise(steps)]
    last = steps[-1]
    if shape == "operate":
        edges += [
            f"apply -. a step fails .-> {_BACK};",
            f"{_BACK} --> report;",
            "preflight -. not approved .-> report;",
        ]
        last = "preflight"
        edges.append("verify --> report;")
    else:
        edges.append(f"{last} -- no model --> report;")
    edges = [f"__start__ --> {steps[0]};", *edges, f"{last} -. with --model .-> read;"]
    return head + "graph TD;\n" + "".join(f"\t{edge}\n" for edge in edges) + body.replace(f"\t{first}\n", "")
