"""Rows of silver: which are refused and why, and which change of an order wins."""

from collections.abc import Callable

from pyspark.sql import DataFrame
from pyspark.testing import assertDataFrameEqual

from template_project import silver

Line = Callable[..., str]
Lines = Callable[..., DataFrame]


CASES = [
    ({}, []),
    ({"amount": 0}, []),
    ({"amount": 100000}, []),
    ({"amount": "39.90"}, []),
    ({"order_id": None}, ["has_order_id"]),
    ({"order_id": "  "}, ["has_order_id"]),
    ({"customer_id": None}, ["has_customer"]),
    ({"status": "returned"}, ["known_status"]),
    ({"amount": -0.01}, ["amount_in_range"]),
    ({"amount": 100000.01}, ["amount_in_range"]),
    ({"amount": "a lot"}, ["amount_in_range"]),
    ({"ordered_at": None}, ["has_times"]),
    ({"changed_at": "2026-11-03T07:30:00Z"}, ["changed_in_the_past"]),
    ({"changed_at": "2026-11-03T06:59:00Z"}, []),
    ({"customer_id": None, "status": None}, ["has_customer", "known_status"]),
]
NO_ORDERS = ["", "no json", '{"order_id": "o-4", "status": ', "[]", "null"]


def broken(rows: DataFrame) -> dict[str, list[str]]:
    """The rules that each line breaks, by its text."""
    return {row["raw"]: row["broken"] for row in rows.collect()}


def test_each_broken_rule_of_a_line_is_named(order: Line, landed: Lines) -> None:
    expected = {order(**changes): rules for changes, rules in CASES}
    assert broken(silver.judged(landed(*expected))) == expected


def test_a_line_that_is_no_order_breaks_every_rule_and_is_kept_as_it_came(landed: Lines) -> None:
    rows = silver.judged(landed(*NO_ORDERS))
    assert broken(silver.refused(rows)) == {line: list(silver.RULES) for line in NO_ORDERS}
    assert silver.newest(rows).isEmpty()


def test_a_line_is_either_valid_or_refused(order: Line, landed: Lines) -> None:
    lines = [order(order_id=f"o-{number}", amount=number - 2) for number in range(5)]
    rows = silver.judged(landed(*lines, "no json"))
    assert (silver.newest(rows).count(), silver.refused(rows).count()) == (3, 3)


def test_the_newest_change_of_an_order_wins_in_whatever_order_the_lines_come(order: Line, landed: Lines) -> None:
    early = order(status="placed", changed_at="2026-11-02T09:00:00Z")
    late = order(status="cancelled", changed_at="2026-11-03T05:00:00+02:00")
    for lines in ((early, order(), late), (late, order(), early), (late, late, early, order())):
        row = silver.newest(silver.judged(landed(*lines))).selectExpr("status", "string(changed_at) AS at").first()
        assert (row["status"], row["at"]) == ("cancelled", "2026-11-03 03:00:00")


def test_a_tie_is_broken_by_the_file_so_that_every_run_picks_the_same(order: Line, landed: Lines) -> None:
    first, second = landed(order(amount=1), file="a.json"), landed(order(amount=2), file="b.json")
    forward = silver.newest(silver.judged(first.union(second)))
    assertDataFrameEqual(forward, silver.newest(silver.judged(second.union(first))))
    assert float(forward.first()["amount"]) == 2


def test_an_invalid_change_does_not_hide_the_valid_one_before_it(order: Line, landed: Lines) -> None:
    rows = silver.judged(landed(order(), order(amount=-5, changed_at="2026-11-02T10:00:00Z")))
    assert float(silver.newest(rows).first()["amount"]) == 40


def test_no_lines_are_no_orders(landed: Lines) -> None:
    rows = silver.judged(landed())
    assert silver.newest(rows).isEmpty()
    assert silver.refused(rows).isEmpty()
