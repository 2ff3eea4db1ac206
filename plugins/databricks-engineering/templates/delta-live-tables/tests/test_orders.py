"""Rows of the pipeline: which lines are refused and why, and what counts as revenue. `make dry-run` tests the graph."""

from collections.abc import Callable
from datetime import date

from pyspark.sql import DataFrame
from pyspark.sql import types as T
from pyspark.testing import assertDataFrameEqual, assertSchemaEqual

import template_project as pipeline

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


def days(frame: DataFrame) -> list[tuple[date, float, int]]:
    """Day, revenue and number of orders of each row, by day."""
    return sorted((row["order_date"], float(row["revenue"]), row["orders"]) for row in frame.collect())


def test_each_broken_rule_of_a_line_is_named(order: Line, landed: Lines) -> None:
    expected = {order(**changes): rules for changes, rules in CASES}
    assert broken(pipeline.judged(landed(*expected))) == expected


def test_a_line_that_is_no_order_breaks_every_rule_and_is_kept_as_it_came(landed: Lines) -> None:
    rows = pipeline.judged(landed(*NO_ORDERS))
    assert broken(pipeline.refused(rows)) == {line: list(pipeline.RULES) for line in NO_ORDERS}
    assert pipeline.valid(rows).isEmpty()


def test_a_line_is_either_valid_or_refused(order: Line, landed: Lines) -> None:
    lines = [order(order_id=f"o-{number}", amount=number - 2) for number in range(5)]
    rows = pipeline.judged(landed(*lines, "no json"))
    assert (pipeline.valid(rows).count(), pipeline.refused(rows).count()) == (3, 3)


def test_a_duplicate_stays_for_the_merge_and_a_late_change_keeps_its_own_time(order: Line, landed: Lines) -> None:
    late = order(status="cancelled", changed_at="2026-11-03T05:00:00+02:00")
    rows = pipeline.valid(pipeline.judged(landed(order(), order(), late)))
    times = sorted(row["at"] for row in rows.selectExpr("string(changed_at) AS at").collect())
    assert times == ["2026-11-02 09:05:00", "2026-11-02 09:05:00", "2026-11-03 03:00:00"]


def test_only_paid_orders_count_each_on_its_own_day_in_utc(order: Line, landed: Lines) -> None:
    lines = [
        order(),
        order(order_id="o-2", amount=60, ordered_at="2026-11-03T00:30:00+01:00"),
        order(order_id="o-3", amount=5, ordered_at="2026-11-01T23:59:59Z"),
        order(order_id="o-4", status="placed"),
        order(order_id="o-5", status="cancelled"),
    ]
    orders = pipeline.valid(pipeline.judged(landed(*lines)))
    assert days(pipeline.daily_revenue(orders)) == [(date(2026, 11, 1), 5.0, 1), (date(2026, 11, 2), 100.0, 2)]


def test_no_orders_are_no_days(landed: Lines) -> None:
    assert pipeline.daily_revenue(pipeline.judged(landed())).isEmpty()


def test_the_columns_are_those_that_readers_rely_on(order: Line, landed: Lines) -> None:
    rows = pipeline.judged(landed(order()))
    orders = pipeline.valid(rows).select(*pipeline.SCHEMA.fieldNames()).schema
    assertSchemaEqual(orders, pipeline.SCHEMA)
    assert [column.name for column in orders if not column.metadata.get("comment")] == []
    promised = T.StructType(
        [
            T.StructField("order_date", T.DateType()),
            T.StructField("revenue", T.DecimalType(22, 2)),
            T.StructField("orders", T.LongType()),
        ]
    )
    assertSchemaEqual(pipeline.daily_revenue(rows).schema, promised)


def test_the_order_of_the_lines_changes_nothing(order: Line, landed: Lines) -> None:
    lines = [order(order_id=f"o-{number}", amount=number) for number in range(4)]
    forward, backward = pipeline.judged(landed(*lines)), pipeline.judged(landed(*reversed(lines)))
    assertDataFrameEqual(pipeline.daily_revenue(forward), pipeline.daily_revenue(backward))
