"""The lineage graph grows by steps, within its bounds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from orchestrator.workspace.catalog.graph import Bounds, LineageEdge, Step, grown

SINCE = dt.date(2026, 11, 1)
EDGES = [("a", "b"), ("b", "c"), ("c", "d"), ("d", "b"), ("x", "b")]


def edges(pairs: Iterable[tuple[str, str]]) -> list[LineageEdge]:
    return [LineageEdge(source=source, target=target, last=None, writers=1, kind=None) for source, target in pairs]


def down(names: Sequence[str]) -> Iterable[LineageEdge]:
    return edges(pair for pair in EDGES if pair[0] in names)


def up(names: Sequence[str]) -> Iterable[LineageEdge]:
    return edges(pair for pair in EDGES if pair[1] in names)


def test_a_circle_ends() -> None:
    found = grown("a", {"downstream": down}, Bounds(depth=10, nodes=100), SINCE)
    assert {node.name: node.steps for node in found.nodes} == {"a": 0, "b": 1, "c": 2, "d": 3}
    assert {(edge.source, edge.target) for edge in found.edges} == {("a", "b"), ("b", "c"), ("c", "d"), ("d", "b")}
    assert (found.deeper, found.more) == ((), False)


def test_what_was_not_looked_at_further_is_named() -> None:
    found = grown("a", {"downstream": down}, Bounds(depth=2, nodes=100), SINCE)
    assert (found.deeper, found.more) == (("c",), False)


def test_a_full_graph_says_so_and_holds_no_edge_to_a_table_that_it_left_out() -> None:
    found = grown("a", {"downstream": down}, Bounds(depth=9, nodes=2), SINCE)
    assert [node.name for node in found.nodes] == ["a", "b"]
    assert [(edge.source, edge.target) for edge in found.edges] == [("a", "b")]
    assert found.more


def test_both_directions_meet_in_the_table_and_upstream_counts_backwards() -> None:
    steps: dict[str, Step] = {"upstream": up, "downstream": down}
    found = grown(
        "c", {"upstream": steps["upstream"], "downstream": steps["downstream"]}, Bounds(depth=1, nodes=9), SINCE
    )
    assert {node.name: node.steps for node in found.nodes} == {"c": 0, "b": -1, "d": 1}


def test_a_table_without_lineage_is_alone() -> None:
    found = grown("z", {"upstream": up, "downstream": down}, Bounds(depth=5, nodes=9), SINCE)
    assert ([node.name for node in found.nodes], found.edges, found.deeper) == (["z"], (), ())
