"""`count()` compared with zero counts every row to learn whether there is one.

What: `df.count() == 0`, `> 0`, `!= 0`, `< 1`, `>= 1`, either way round, and `if df.count():` on a Spark DataFrame.

Why: a count reads all rows of the source and runs every join and filter on the way to the end, while `isEmpty()`
stops at the first row that it finds.

Silent when: the frame is limited or otherwise known to be small, the count fills a cache on purpose (`cache()` or
`persist()` on the frame), the number is kept for more than the comparison, the frame streams, the object may be
something else than a Spark frame (a query of SQLAlchemy, a pandas column), or the file is a test.

Source: PySpark API reference, `DataFrame.isEmpty` (since 3.3).

Bad::

    df = spark.table("main.silver.orders")
    if df.count() == 0:
        raise ValueError("no orders today")

Fixed::

    df = spark.table("main.silver.orders")
    if df.isEmpty():
        raise ValueError("no orders today")

Bad: the other way round, inside a condition::

    from pyspark.sql import DataFrame

    def publish(orders: DataFrame, force: bool) -> None:
        if force or 0 < orders.filter("amount > 0").count():
            orders.write.mode("append").saveAsTable("main.gold.orders")

Fixed::

    from pyspark.sql import DataFrame

    def publish(orders: DataFrame, force: bool) -> None:
        if force or not orders.filter("amount > 0").isEmpty():
            orders.write.mode("append").saveAsTable("main.gold.orders")

Bad: the number as a truth value::

    rejected = spark.table("main.silver.rejected").where("reason IS NOT NULL")
    if not rejected.count():
        print("nothing rejected")

Good::

    df = spark.table("main.silver.orders")
    if df.isEmpty():
        raise ValueError("no orders today")

Good: the number is used again::

    df = spark.table("main.silver.orders")
    rows = df.count()
    if rows == 0:
        raise ValueError("no orders today")
    print(f"{rows} orders")

Good: at most one row is counted::

    df = spark.table("main.silver.orders")
    found = df.filter("amount < 0").limit(1).count() > 0

Good: the count fills the cache::

    df = spark.table("main.silver.orders").cache()
    if df.count() == 0:
        raise ValueError("no orders today")

Good: a single aggregate row, or a listing::

    tables = spark.sql("SHOW TABLES IN main.silver")
    missing = tables.count() == 0

Good: not Spark::

    def is_free(session, name):
        return session.query(User).filter(User.name == name).count() == 0

Good: a test states how many rows it expects::

    # file: tests/test_orders.py
    def test_no_order_is_lost(spark):
        assert spark.table("main.silver.lost").count() == 0
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from orchestrator.code.bound import Bound
from orchestrator.code.facts import Facts
from orchestrator.code.python import Call, PythonFile
from orchestrator.code.roles import Role
from orchestrator.rules.pyspark_optimizer._evidence import frame_name, is_certain_frame, is_spark_frame
from orchestrator.rules.rule import Fix, Hit, Rule, Severity

RULE = Rule(
    id="PYS009",
    name="count-for-emptiness",
    severity=Severity.LOW,
    default=True,
    references=(
        "https://spark.apache.org/docs/latest/api/python/reference/pyspark.sql/api/pyspark.sql.DataFrame.isEmpty.html",
    ),
)
_EMPTY = {(ast.Eq, 0), (ast.LtE, 0), (ast.Lt, 1)}
_FILLED = {(ast.NotEq, 0), (ast.Gt, 0), (ast.GtE, 1)}
_MIRRORED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.Gt,
    ast.Gt: ast.Lt,
    ast.LtE: ast.GtE,
    ast.GtE: ast.LtE,
}
_CACHES = ("cache", "persist", "checkpoint", "localCheckpoint")


@RULE.on_python
def check(file: PythonFile, facts: Facts) -> Iterator[Hit]:
    """Every count of a large Spark frame that is only asked whether it is zero."""
    for call in file.calls_named("count"):
        if call.receiver is None or call.node.args or call.node.keywords:
            continue
        question = _question(file, call.node)
        if question is None or facts.role(file.path) is Role.TEST or not _is_costly(file, facts, call):
            continue
        asked, empty = question
        yield Hit(
            location=file.location(asked),
            message=f"`{_short(file, call)}.count()` counts every row only to see whether there is "
            f"{'none' if empty else 'one'}; `isEmpty()` stops at the first row",
            fix=_fix(file, call, asked, empty=empty, safe=is_certain_frame(file, facts, call.receiver)),
        )


def _question(file: PythonFile, node: ast.Call) -> tuple[ast.expr, bool] | None:
    """The expression that asks whether the count is zero, and whether it is true for an empty frame."""
    parent = file.parent(node)
    if isinstance(parent, ast.Compare):
        empty = _compared(file, parent, node)
        return None if empty is None else _negated(file, parent, empty=empty)
    if isinstance(parent, ast.UnaryOp) and isinstance(parent.op, ast.Not):
        return parent, True
    if isinstance(parent, ast.If | ast.While | ast.IfExp) and parent.test is node:
        return node, False
    return None


def _negated(file: PythonFile, asked: ast.expr, *, empty: bool) -> tuple[ast.expr, bool]:
    """The question with a `not` around it taken in."""
    parent = file.parent(asked)
    if isinstance(parent, ast.UnaryOp) and isinstance(parent.op, ast.Not):
        return parent, not empty
    return asked, empty


def _compared(file: PythonFile, compare: ast.Compare, node: ast.Call) -> bool | None:
    """True for a comparison that holds for no rows, False for one that holds for some, None for any other."""
    if len(compare.ops) != 1:
        return None
    kind, other = type(compare.ops[0]), compare.comparators[0]
    if other is node:
        kind, other = _MIRRORED.get(kind, kind), compare.left
    number = file.constant(other)
    if isinstance(number, bool) or not isinstance(number, int):
        return None
    if (kind, number) in _EMPTY:
        return True
    return False if (kind, number) in _FILLED else None


def _is_costly(file: PythonFile, facts: Facts, call: Call) -> bool:
    """Whether the receiver is a batch DataFrame of Spark that is neither small nor cached by this count."""
    if isinstance(call.receiver, ast.Subscript) or not is_spark_frame(file, facts, call.receiver):
        return False
    frame = facts.frame(file, call.receiver)
    if frame.streaming or frame.has(*_CACHES) or facts.bound(file, call.receiver) is Bound.BOUNDED:
        return False
    return not _is_cached(file, call)


def _is_cached(file: PythonFile, call: Call) -> bool:
    """Whether a statement of the same function caches the frame: `df.cache()` on a line of its own."""
    name = frame_name(call.receiver)
    scope = file.function(call.node)
    return bool(name) and any(
        frame_name(cached.receiver) == name and file.function(cached.node) is scope
        for cached in file.calls_named(*_CACHES)
    )


def _short(file: PythonFile, call: Call) -> str:
    """The receiver as it is written, cut short where it is long."""
    text = " ".join(file.text(call.receiver).split()) if call.receiver is not None else ""
    return text if len(text) <= 60 else f"{text[:57]}..."


def _fix(file: PythonFile, call: Call, asked: ast.expr, *, empty: bool, safe: bool) -> Fix | None:
    """The edit that asks `isEmpty()`; None where the call is written in an unusual way."""
    written = file.text(call.node)
    if not written.endswith(".count()"):
        return None
    asks = f"{written.removesuffix('count()')}isEmpty()"
    if "\n" in asks:
        asks = f"({asks})"
    replacement = asks if empty else f"not {asks}"
    if not empty and not _takes_not(file, asked):
        replacement = f"({replacement})"
    return Fix(description="ask `isEmpty()`", edits=(file.edit(asked, replacement),), safe=safe)


def _takes_not(file: PythonFile, asked: ast.expr) -> bool:
    """Whether `not x` may stand here without brackets."""
    parent = file.parent(asked)
    return isinstance(parent, ast.stmt | ast.BoolOp | ast.keyword | ast.IfExp) or (
        isinstance(parent, ast.Call) and asked in parent.args
    )
