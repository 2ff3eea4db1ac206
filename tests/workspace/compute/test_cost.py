"""The cost of clusters, computed from rows of usage."""

from __future__ import annotations

import datetime as dt

from orchestrator.workspace.compute.cost import Usage, analysed

SINCE, UNTIL = dt.date(2026, 11, 1), dt.date(2026, 11, 11)


def used(
    cluster: str,
    day: int,
    quantity: float,
    *,
    cost: float | None = None,
    currency: str | None = "USD",
    unpriced: float = 0,
) -> Usage:
    return Usage(
        cluster=cluster, day=dt.date(2026, 11, day), sku="SKU", product="JOBS", unit="DBU", currency=currency,
        quantity=quantity, cost=cost, unpriced=unpriced,
    )  # fmt: skip


def test_a_correction_takes_back_what_was_counted() -> None:
    usage = [used("a", 2, 10, cost=5), used("a", 2, -10, cost=-5), used("a", 2, 8, cost=4)]
    found = analysed(usage, since=SINCE, until=UNTIL, named={}, more=False)
    assert (found.dbu, found.list_cost) == (8, 4)


def test_costs_in_several_currencies_are_not_summed() -> None:
    usage = [used("a", 2, 1, cost=1), used("b", 2, 1, cost=9, currency="EUR")]
    found = analysed(usage, since=SINCE, until=UNTIL, named={}, more=False)
    assert (found.list_cost, found.currency, found.clusters[0].share) == (None, None, None)
    assert [item.cluster_id for item in found.clusters] == ["b", "a"]


def test_the_later_half_is_held_against_the_earlier() -> None:
    usage = [used("a", 2, 4, cost=1), used("a", 9, 6, cost=1), used("b", 9, 1, cost=1)]
    found = {item.cluster_id: item for item in analysed(usage, since=SINCE, until=UNTIL, named={}, more=False).clusters}
    assert (found["a"].later_half_over_earlier, found["b"].later_half_over_earlier) == (1.5, None)


def test_usage_without_a_price_is_in_the_dbu_and_in_no_cost() -> None:
    usage = [used("a", 2, 4, cost=None, currency=None, unpriced=4), used("b", 2, 6, cost=3)]
    found = analysed(usage, since=SINCE, until=UNTIL, named={"a": {"name": "x", "minutes": "0"}}, more=False)
    by_name = {item.cluster_id: item for item in found.clusters}
    assert (found.dbu, found.unpriced_dbu, found.list_cost) == (10, 4, 3)
    assert (by_name["a"].list_cost, by_name["a"].name, by_name["a"].autotermination_minutes) == (None, "x", 0)
    assert by_name["b"].autotermination_minutes is None


def test_no_usage_is_no_cluster_and_no_cost() -> None:
    found = analysed([], since=SINCE, until=UNTIL, named={}, more=False)
    assert (found.clusters, found.dbu, found.list_cost) == ((), 0, None)
