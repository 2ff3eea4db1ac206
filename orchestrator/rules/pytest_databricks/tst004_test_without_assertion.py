"""A test runs code and checks nothing.

What: a function of a test file whose name begins with `test`, that uses Spark, and in which nothing can fail by what
the code returned: no `assert`, no call whose name speaks of asserting, checking, comparing or raising, and no call of a
helper that could do it.

Why: such a test passes whatever the transformation returns. It counts as coverage, so nobody writes the one that would
have seen the defect.

Silent when: the test calls a function of the project or a method of a fixture, which may check by itself; it has a
decorator; its name says that it only has to run (`smoke`, `runs`, `does_not_raise`, `no_error`).

Opt-in: that code runs at all can be what a test is for.

Source: pytest documentation, how to write assertions.

Bad::

    # file: tests/test_orders.py
    def test_orders_are_summed(spark):
        df = spark.createDataFrame([("a", 1), ("a", 2)], ["id", "amount"])
        df.groupBy("id").sum("amount").show()

Bad: in a class::

    # file: tests/test_orders.py
    class TestOrders:
        def test_count(self, spark):
            total = spark.createDataFrame([(1,)], ["id"]).count()
            print(total)

Good::

    # file: tests/test_orders.py
    import pytest
    from pyspark.testing import assertDataFrameEqual

    def test_count(spark):
        assert spark.createDataFrame([(1,)], ["id"]).count() == 1

    def test_sum(spark, expected):
        assertDataFrameEqual(spark.createDataFrame([(1,)], ["id"]).groupBy().sum("id"), expected)

    def test_refuses(spark):
        with pytest.raises(ValueError):
            spark.createDataFrame([], [])

Good: a helper may check::

    # file: tests/test_orders.py
    from tests.comparing import same_rows

    def test_count(spark):
        same_rows(spark.createDataFrame([(1,)], ["id"]), [(1,)])

Good: a function of the project, and a fixture's method, may check too::

    # file: tests/test_orders.py
    from src import orders

    def test_load(spark):
        orders.load(spark).show()

    def test_run(spark, pipeline):
        pipeline.run(spark)

Good: it only has to run::

    # file: tests/test_orders.py
    def test_smoke_show(spark):
        spark.range(3).show()

Good: no test::

    def test_connection(spark):
        spark.range(3).show()
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from orchestrator.code.python import as_call
from orchestrator.code.roles import Role
from orchestrator.rules.rule import Hit, Rule, Severity

if TYPE_CHECKING:
    from orchestrator.code.facts import Facts
    from orchestrator.code.python import PythonFile

RULE = Rule(
    id="TST004",
    name="test-without-assertion",
    severity=Severity.LOW,
    default=False,
    references=("https://docs.pytest.org/en/stable/how-to/assert.html",),
)
_CHECKS = re.compile(
    r"assert|expect|check|verify|validate|compare|equal|raise|fail|warns|ensure|should|match", re.IGNORECASE
)
_ONLY_RUNS = re.compile(r"smoke|runs|does_not|no_error|without_error|import|benchmark|perf", re.IGNORECASE)
_HARMLESS = frozenset({"print", "len", "list", "str", "int", "set", "dict", "sorted", "range", "Row", "StructType"})


@RULE.on_python
def check(file: PythonFile, facts: Facts) -> Iterator[Hit]:
    """Every test of the file that cannot fail by its result."""
    if facts.role(file.path) is not Role.TEST or "spark" not in file.source.text:
        return
    for function in file.nodes(ast.FunctionDef):
        if function.name.startswith("test") and not function.decorator_list and not _ONLY_RUNS.search(function.name):
            parts = list(ast.walk(function))
            uses_spark = any(isinstance(part, ast.Name) and part.id == "spark" for part in parts)
            if uses_spark and not any(_may_check(file, function, part) for part in parts):
                yield Hit(
                    location=file.head_location(function),
                    message=f"`{function.name}` passes whatever Spark returns: nothing in it compares a result; assert "
                    "on the rows, for example with `assertDataFrameEqual`",
                )


def _may_check(file: PythonFile, function: ast.FunctionDef, part: ast.AST) -> bool:
    """Whether a part of a test can make it fail: an assertion, or a call of something that is not Spark's."""
    if isinstance(part, (ast.Assert, ast.Raise)):
        return True
    call = as_call(part)
    if call is None:
        return False
    is_plain = call.receiver is None and call.name not in _HARMLESS
    return is_plain or _CHECKS.search(call.name) is not None or _is_of_others(file, function, call.node.func)


def _is_of_others(file: PythonFile, function: ast.FunctionDef, called: ast.expr) -> bool:
    """Whether a method belongs to another module or to a fixture that is not the session."""
    while isinstance(called, (ast.Attribute, ast.Call)):
        called = called.value if isinstance(called, ast.Attribute) else called.func
    name = called.id if isinstance(called, ast.Name) else ""
    fixtures = {argument.arg for argument in function.args.args} - {"self", "spark"}
    return name in fixtures or not file.imports.get(name, "pyspark").startswith("pyspark")
