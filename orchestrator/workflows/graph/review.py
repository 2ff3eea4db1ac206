"""The graph of a review: read, rules, triage, the specialists side by side, evidence, refute, merge, report."""

from __future__ import annotations

from langgraph.graph import END, START, StateGraph

from orchestrator.workflows.graph.context import Context
from orchestrator.workflows.graph.state import ReviewState
from orchestrator.workflows.nodes.evidence import evidence
from orchestrator.workflows.nodes.merge import merge
from orchestrator.workflows.nodes.read import read
from orchestrator.workflows.nodes.refute import refute, refute_failed
from orchestrator.workflows.nodes.report import report
from orchestrator.workflows.nodes.rules import rules
from orchestrator.workflows.nodes.specialist import specialist, specialist_failed
from orchestrator.workflows.nodes.triage import branches, triage

ReviewGraph = StateGraph[ReviewState, Context, ReviewState, ReviewState]


def review_graph() -> ReviewGraph:
    """The graph, not compiled: a checkpointer is the caller's choice.

    No node has a retry policy: calls to a model have one owner of retries, in the model.
    """
    graph: ReviewGraph = StateGraph(ReviewState, context_schema=Context)
    graph.add_node("read", read)
    graph.add_node("rules", rules)
    graph.add_node("triage", triage)
    graph.add_node("specialist", specialist, error_handler=specialist_failed)
    graph.add_node("evidence", evidence)
    graph.add_node("refute", refute, error_handler=refute_failed)
    graph.add_node("merge", merge)
    graph.add_node("report", report)
    graph.add_edge(START, "read")
    graph.add_edge("read", "rules")
    graph.add_edge("rules", "triage")
    graph.add_conditional_edges("triage", branches, ["specialist", "evidence"])
    graph.add_edge("specialist", "evidence")
    graph.add_edge("evidence", "refute")
    graph.add_edge("refute", "merge")
    graph.add_edge("merge", "report")
    graph.add_edge("report", END)
    return graph
