"""A test compares rows in an order that Spark does not promise.

What: in a test, the collected rows of a frame that was grouped, joined, deduplicated, repartitioned or windowed are
compared with a list, with another frame's rows, by position, or by `assert_frame_equal` and `assert_df_equality`, and
nothing sorts them. The first row counts as a position where the rows that the test writes out make several groups.

Why: after a shuffle rows come in the order of partitions and hashes. The test passes on one machine and fails with
another Spark version, partition count or adaptive setting, and nobody can tell such a failure from a real one.

Silent when: the frame is sorted last, the rows are sorted, counted or put in a set or dictionary, at most one row is
expected, the frame has one row (an aggregate without groups, a `limit(1)`), nothing in the lineage moves rows, or the
file tests Snowpark, whose names are the same.

Source: Spark SQL reference, ORDER BY; PySpark API reference, `assertDataFrameEqual`.

Bad: against a list::

    # file: tests/test_orders.py
    def test_orders_are_summed(spark):
        df = spark.createDataFrame([("a", 1), ("b", 2), ("a", 3)], ["id", "amount"])
        result = df.groupBy("id").sum("amount")
        assert result.collect() == [("a", 4), ("b", 2)]

Bad: a column of the rows, from a function of the project::

    # file: src/orders.py
    def latest(df):
        return df.dropDuplicates(["id"])
    # file: tests/test_orders.py
    from src.orders import latest

    def test_latest_keeps_one_row_an_order(spark):
        df = spark.createDataFrame([("a", 1), ("b", 2), ("a", 3)], ["id", "version"])
        rows = latest(df).collect()
        assert [row.id for row in rows] == ["a", "b"]

Bad: the function under its module's name, with a window in it::

    # file: src/orders.py
    from pyspark.sql import functions as F

    def newest(df, window):
        return df.withColumn("place", F.row_number().over(window)).filter("place = 1")
    # file: tests/test_orders.py
    from src import orders

    def test_newest_keeps_one_row_an_order(spark, window):
        df = spark.createDataFrame([("a", 1), ("b", 2), ("a", 3)], ["id", "version"])
        assert [row.id for row in orders.newest(df, window).collect()] == ["a", "b"]

Bad: by position::

    # file: tests/test_orders.py
    def test_join_keeps_both_orders(spark, orders, customers):
        rows = orders.join(customers, "customer_id").select("name").collect()
        assert rows[0].name == "Ann"
        assert rows[1].name == "Bob"

Bad: the first of several groups::

    # file: tests/test_orders.py
    def test_orders_are_summed(spark):
        df = spark.createDataFrame([("a", 1), ("b", 2), ("a", 3)], ["id", "amount"])
        rows = df.groupBy("id").sum("amount").collect()
        assert rows[0]["sum(amount)"] == 4

Bad: a column of pandas::

    # file: tests/test_orders.py
    def test_orders_are_summed(orders):
        found = orders.groupBy("id").sum("amount").toPandas()
        assert found["id"].tolist() == ["a", "b"]

Good: one group, or groups that are alike::

    # file: tests/test_orders.py
    def test_orders_are_summed(spark):
        one = spark.createDataFrame([("a", 1), ("a", 3)], ["id", "amount"])
        assert one.groupBy("id").sum("amount").collect()[0][1] == 4
        same = spark.createDataFrame([("a", 1), ("b", 1)], ["id", "amount"])
        assert same.groupBy("id").count().collect()[0]["count"] == 1

Good: a column of pandas that is sorted::

    # file: tests/test_orders.py
    def test_orders_are_summed(orders):
        found = orders.groupBy("id").sum("amount").toPandas().sort_values("id")
        assert found["id"].tolist() == ["a", "b"]
        other = orders.groupBy("id").sum("amount").toPandas()
        other.sort_values("id", inplace=True)
        assert list(other["id"]) == ["a", "b"]

Bad: through pandas::

    # file: tests/test_orders.py
    def test_countries_are_distinct(orders, expected):
        assert_frame_equal(orders.select("country").distinct().toPandas(), expected)

Good: another engine with the same names::

    # file: tests/test_orders.py
    from snowflake.snowpark import Row

    def test_ids(session):
        assert session.table("orders").select("id").distinct().collect() == [Row(1), Row(2)]

Good: sorted by Spark::

    # file: tests/test_orders.py
    def test_orders_are_summed(spark):
        df = spark.createDataFrame([("a", 1), ("b", 2), ("a", 3)], ["id", "amount"])
        result = df.groupBy("id").sum("amount").orderBy("id")
        assert result.collect() == [("a", 4), ("b", 2)]

Good: sorted after a window, and only a column added since::

    # file: tests/test_orders.py
    def test_orders_are_numbered(orders, window):
        numbered = orders.withColumn("n", F.row_number().over(window)).orderBy("id").withColumn("seen", F.lit(1))
        assert [row.n for row in numbered.collect()] == [1, 2]

Good: sorted by Python, or no order at all::

    # file: tests/test_orders.py
    def test_orders_are_summed(spark):
        df = spark.createDataFrame([("a", 1), ("b", 2), ("a", 3)], ["id", "amount"])
        rows = df.groupBy("id").sum("amount").collect()
        assert sorted(rows) == [("a", 4), ("b", 2)]
        assert {row.id for row in rows} == {"a", "b"}
        assert len(rows) == 2

Good: sorted in place::

    # file: tests/test_orders.py
    def test_countries(orders):
        found = [row.country for row in orders.select("country").distinct().collect()]
        found.sort()
        assert found == ["AT", "CH"]

Good: one row::

    # file: tests/test_orders.py
    def test_one_order_is_left(orders):
        assert orders.dropDuplicates(["id"]).collect() == [("a", 1)]
        assert orders.groupBy("id").count().limit(1).collect()[0][1] == 3

    def test_one_order_is_expected(spark, orders):
        expected = spark.createDataFrame([("a", 1)], ["id", "amount"])
        assert orders.dropDuplicates(["id"]).collect() == expected.collect()

Good: rows stay where they are::

    # file: tests/test_orders.py
    def test_names_are_trimmed(spark):
        df = spark.createDataFrame([(" a",), ("b ",)], ["name"]).withColumn("name", F.trim("name"))
        assert [row.name for row in df.collect()] == ["a", "b"]

Good: a comparison that ignores order::

    # file: tests/test_orders.py
    def test_orders_are_summed(orders, expected):
        assert_df_equality(orders.groupBy("id").sum("amount"), expected, ignore_row_order=True)
        assertDataFrameEqual(orders.groupBy("id").sum("amount"), expected)

Good: no test::

    assert orders.distinct().collect() == expected
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from orchestrator.code.facts import Facts
from orchestrator.code.frames import RootKind
from orchestrator.code.python import Call, PythonFile, as_call
from orchestrator.code.roles import Role
from orchestrator.rules.pytest_databricks._groups import gives_many_groups
from orchestrator.rules.pytest_databricks._order import unordered_after
from orchestrator.rules.rule import Hit, Rule, Severity

RULE = Rule(
    id="TST002",
    name="order-dependent-assert",
    severity=Severity.MEDIUM,
    default=True,
    references=(
        "https://spark.apache.org/docs/latest/api/python/reference/api/pyspark.testing.assertDataFrameEqual.html",
    ),
)
_FETCHING = frozenset({"collect", "toPandas", "take", "head"})
_EQUALITIES = ("assertEqual", "assertEquals", "assertListEqual", "assertSequenceEqual", "assert_frame_equal")
_FRAME_EQUALITIES = ("assert_df_equality", "assert_approx_df_equality")


@RULE.on_python
def check(file: PythonFile, facts: Facts) -> Iterator[Hit]:
    """Every comparison of rows whose order a shuffle decided."""
    if facts.role(file.path) is not Role.TEST or file.imports_any("snowflake"):
        return
    for node, sides in _comparisons(file):
        if any(_is_short(file, facts, side) for side in sides):
            continue
        moved = next((name for side in sides if (name := _moved(file, facts, side)) is not None), None)
        if moved is not None:
            yield Hit(
                location=file.location(node),
                message=f"the compared rows come in no fixed order after `{moved}`; sort them by a key, or compare "
                "with `assertDataFrameEqual`",
            )
    yield from _by_position(file, facts)


def _comparisons(file: PythonFile) -> Iterator[tuple[ast.AST, tuple[ast.expr, ...]]]:
    """Every assertion that two things are equal, with both sides."""
    for statement in file.nodes(ast.Assert):
        test = statement.test
        if isinstance(test, ast.Compare) and len(test.ops) == 1 and isinstance(test.ops[0], ast.Eq):
            yield test, (test.left, test.comparators[0])
    for call in file.calls_named(*_EQUALITIES):
        if len(call.node.args) > 1:
            yield call.node, (call.node.args[0], call.node.args[1])
    for call in file.calls_named(*_FRAME_EQUALITIES):
        if len(call.node.args) > 1 and file.constant(call.argument(-1, "ignore_row_order")) is not True:
            yield call.node, (call.node.args[0], call.node.args[1])


def _is_short(file: PythonFile, facts: Facts, side: ast.expr) -> bool:
    """Whether a side is no list of two or more: then there is no order to get wrong.

    A frame of local data counts as the list that it is made of.
    """
    value = file.value_of(side)
    if (call := as_call(value)) is not None:
        receiver = call.receiver if _fetches(file, call) else side
        made = [root for root in facts.frame(file, receiver).roots if root.kind is RootKind.LITERAL]
        value = file.value_of(made[0].target) if len(made) == 1 and made[0].target is not None else value
    if isinstance(value, ast.List | ast.Tuple):
        return len(value.elts) < 2 and not any(isinstance(part, ast.Starred) for part in value.elts)
    return isinstance(value, ast.Constant | ast.Set | ast.Dict | ast.SetComp | ast.DictComp)


def _moved(file: PythonFile, facts: Facts, side: ast.expr) -> str | None:
    """The operation that left the rows of a side without an order, or None."""
    value = file.value_of(side)
    if value is None or _is_sorted_in_place(file, side):
        return None
    if isinstance(value, ast.ListComp) and len(value.generators) == 1:
        return _moved(file, facts, value.generators[0].iter)
    call = as_call(value)
    inner = _pandas_of_column(file, call) if call is not None else None
    if inner is not None:
        return _moved(file, facts, inner)
    parent = as_call(file.parent(side))
    if call is not None and _fetches(file, call):
        return unordered_after(file, facts, call.receiver)
    if parent is not None and parent.name in _FRAME_EQUALITIES:
        return unordered_after(file, facts, side)
    return None


def _pandas_of_column(file: PythonFile, call: Call) -> ast.expr | None:
    """The pandas frame whose column `frame["a"].tolist()` or `list(frame["a"])` gives; None where it is no such."""
    if call.name not in {"tolist", "to_list", "list"} or (call.name == "list") is not (call.receiver is None):
        return None
    column = call.receiver if call.receiver is not None else call.argument(0, "iterable")
    while isinstance(column, ast.Subscript | ast.Attribute):
        column = column.value
        made = as_call(file.value_of(column))
        if made is not None and made.name == "toPandas":
            return column
    return None


def _fetches(file: PythonFile, call: Call) -> bool:
    """Whether the call brings rows to Python, more than one of them."""
    if call.receiver is None or call.name not in _FETCHING:
        return False
    return call.name in {"collect", "toPandas"} or file.constant(call.argument(0, "n")) not in {None, 1}


def _is_sorted_in_place(file: PythonFile, side: ast.expr) -> bool:
    return isinstance(side, ast.Name) and any(
        isinstance(call.receiver, ast.Name) and call.receiver.id == side.id
        for call in file.calls_named("sort", "sort_values")
    )


def _by_position(file: PythonFile, facts: Facts) -> Iterator[Hit]:
    """The first look at the second row or a later one, for each fetched list."""
    seen: set[ast.AST] = set()
    for node in file.nodes(ast.Subscript):
        place = file.constant(node.slice)
        if isinstance(place, bool) or not isinstance(place, int) or not _is_asserted(file, node):
            continue
        value = file.value_of(node.value)
        fetched = as_call(value)
        if place < 1 and (fetched is None or not gives_many_groups(file, facts, fetched.receiver)):
            continue
        moved = _moved(file, facts, node.value)
        if value is None or moved is None or value in seen:
            continue
        seen.add(value)
        yield Hit(
            location=file.location(node),
            message=f"`{file.text(node)}` is any of the rows: after `{moved}` they come in no fixed order; sort them "
            "by a key first",
        )


def _is_asserted(file: PythonFile, node: ast.AST) -> bool:
    statement = file.statement(node)
    if isinstance(statement, ast.Assert):
        return True
    call = as_call(statement.value) if isinstance(statement, ast.Expr) else None
    return call is not None and call.name.startswith("assert")
