"""What an impact analysis must find, and must not claim."""

from __future__ import annotations

import pytest
from impact import SAMPLE, Node, dependents, graph, report

EDGES = graph(SAMPLE)


def test_dependents_of_a_column_leave_other_columns_of_the_table_out() -> None:
    found = [str(item.node) for item in dependents(EDGES, Node(table="prod.silver.customers", column="email"))]

    assert found == ["prod.gold.contacts.email", "prod.marketing.audience.address"]


def test_dependents_of_a_table_are_those_of_all_its_columns() -> None:
    found = {item.node.table for item in dependents(EDGES, Node(table="prod.silver.customers"))}

    assert found == {"prod.gold.contacts", "prod.gold.orders_daily", "prod.marketing.audience"}


def test_cycle_ends_and_the_changed_column_is_not_its_own_dependent() -> None:
    found = dependents(EDGES, Node(table="prod.gold.contacts", column="email"))

    assert [str(item.node) for item in found] == ["prod.marketing.audience.address"]


def test_indirect_dependent_carries_the_way_that_leads_to_it() -> None:
    last = dependents(EDGES, Node(table="prod.silver.customers", column="email"))[-1]

    assert (last.distance, [str(node) for node in last.path[:-1]]) == (
        2,
        ["prod.silver.customers.email", "prod.gold.contacts.email"],
    )


def test_nothing_found_is_said_to_be_nothing_recorded() -> None:
    assert "no recorded dependents" in report(EDGES, Node(table="prod.gold.orders_daily"))


def test_broken_line_is_named_by_its_number() -> None:
    with pytest.raises(ValueError, match="line 2 is no edge"):
        graph(
            ['{"source_table": null, "source_column": null, "target_table": "a", "target_column": "b"}', '{"table": 1}']
        )
