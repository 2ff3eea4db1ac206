"""Where `max`, `sum` or `round` are imported from Spark's functions, they fail on Python values.

What: `sum`, `max`, `min`, `round`, `abs`, `pow`, `filter`, `slice`, `hex` or `bin` used in the way of the builtin
(several numbers, a list, a generator, `key=`, a lambda first), where the name comes from `pyspark.sql.functions`, by
`import *` or by its name.

Why: the import replaces the builtin for the whole file, also inside functions and UDFs, so the call raises a TypeError
or quietly builds a Column where a number was meant; which of the two depends on the arguments.

Silent when: the arguments may be columns, the name is imported or defined anew after the import, or the use stands
before it.

Source: PySpark API reference, the functions module; Python reference, `from module import *`.

Bad: a keyword that only the builtin has::

    from pyspark.sql.functions import *

    latest = max(rows, key=lambda row: row["version"])

Bad: imported by name::

    from pyspark.sql.functions import col, max

    latest = max([row["version"] for row in rows])

Bad: a sum over a generator::

    from pyspark.sql.functions import *

    def total(files):
        return sum(file.size for file in files)

Bad: a number is rounded::

    import time
    from pyspark.sql.functions import *

    started = time.time()
    spark.sql("REFRESH TABLE main.silver.orders")
    print(round(time.time() - started, 1))
    print(abs(-started))

Bad: two numbers::

    from pyspark.sql.functions import *

    def pages(count):
        return max(1, count // 100)

Bad: a lambda first::

    from pyspark.sql.functions import *

    kept = list(filter(lambda name: name.startswith("dim_"), names))

Good: these are columns::

    from pyspark.sql.functions import *

    df = spark.table("main.silver.orders")
    df = df.groupBy("country").agg(sum("amount"), max(col("amount")), round(avg("amount"), 2).alias("mean"))

Good: the module under a name::

    from pyspark.sql import functions as F

    latest = max(rows, key=lambda row: row["version"])

Good: the builtin is brought back::

    from pyspark.sql.functions import *
    from builtins import max

    latest = max(rows, key=lambda row: row["version"])

Good: another star import replaces the names once more::

    from pyspark.sql.functions import *
    from numpy import *

    total = sum([file.size for file in files])

Good: a higher-order function of Spark::

    from pyspark.sql.functions import *

    df = df.withColumn("kept", filter("scores", lambda score: score > 0))

Good: a value that may be a column::

    from pyspark.sql.functions import *

    def rounded(value):
        return round(value, 2)

Good: the use stands before the import::

    # Databricks notebook source
    latest = max(rows, key=lambda row: row["version"])

    # COMMAND ----------

    from pyspark.sql.functions import *
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TypeGuard

from orchestrator.code.facts import Facts
from orchestrator.code.python import Call, PythonFile, as_call
from orchestrator.rules.rule import Hit, Rule, Severity

RULE = Rule(
    id="PYS011",
    name="star-import-shadow",
    severity=Severity.MEDIUM,
    default=False,
    references=("https://spark.apache.org/docs/latest/api/python/reference/pyspark.sql/functions.html",),
)
_MODULE = "pyspark.sql.functions"
_SHADOWED = ("max", "min", "sum", "round", "abs", "pow", "filter", "slice", "hex", "bin")
_PYTHON_NUMBERS = frozenset(
    {"len", "int", "float", "time", "perf_counter", "monotonic", "process_time", "total_seconds", "timestamp"}
)
"""Functions whose result is a Python number and that the star import does not replace."""
_COLLECTIONS = (ast.List, ast.Tuple, ast.Set, ast.ListComp, ast.SetComp, ast.GeneratorExp)
_REPLACING = frozenset({"builtins", "numpy", "pylab", "math", "cmath", "operator", "jax.numpy", "torch"})
"""Modules whose star import replaces some of the names once more, by ones that take Python values."""
_MAX_DEPTH = 20


@RULE.on_python
def check(file: PythonFile, _facts: Facts) -> Iterator[Hit]:
    """Every call that only the builtin understands and that reaches Spark's function."""
    if _MODULE not in file.modules:
        return
    starred = _star_lines(file)
    for call in file.calls_named(*_SHADOWED):
        line = _shadowing_line(file, call, starred)
        if line is None or not _is_pythonic(file, call):
            continue
        yield Hit(
            location=file.call_location(call),
            message=f"`{call.name}` is Spark's here, because of the import from `{_MODULE}` in line {line}, and does "
            f"not take these Python values; import the functions as `F`, or call `builtins.{call.name}`",
        )


def _star_lines(file: PythonFile) -> list[int]:
    """The lines on which everything is imported from the functions module."""
    if _MODULE not in file.star_imports:
        return []
    return [
        node.lineno
        for node in file.nodes(ast.ImportFrom)
        if node.module == _MODULE and any(alias.name == "*" for alias in node.names)
    ]


def _shadowing_line(file: PythonFile, call: Call, starred: list[int]) -> int | None:
    """The line of the import that makes the name Spark's where the call runs, or None."""
    name = call.node.func
    if not isinstance(name, ast.Name) or not _REPLACING.isdisjoint(file.star_imports):
        return None
    bindings = file.definitions(name)
    if bindings:
        lines = [binding.node.lineno for binding in bindings if _is_from_functions(binding.node)]
        return lines[0] if len(lines) == len(bindings) else None
    if not starred or (starred[0] > call.node.lineno and file.function(call.node) is None):
        return None
    return starred[0]


def _is_from_functions(node: ast.AST) -> TypeGuard[ast.ImportFrom]:
    return isinstance(node, ast.ImportFrom) and node.module == _MODULE


def _is_pythonic(file: PythonFile, call: Call) -> bool:
    """Whether the arguments fit the builtin and not Spark's function of the same name."""
    arguments = call.node.args
    if call.unpacks or not arguments:
        return False
    if call.name in {"max", "min"}:
        only_builtin = len(arguments) > 1 or any(given.arg in {"key", "default"} for given in call.node.keywords)
        return only_builtin or _is_collection(file, arguments[0])
    if call.name == "sum":
        return len(arguments) > 1 or _is_collection(file, arguments[0])
    if call.name == "filter":
        return isinstance(arguments[0], ast.Lambda) or _is_none(arguments[0])
    if call.name == "slice":
        return len(arguments) < 3
    if call.name == "pow":
        return len(arguments) == 3 or all(_is_number(file, argument) for argument in arguments)
    return _is_number(file, arguments[0])


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _is_collection(file: PythonFile, node: ast.expr) -> bool:
    """Whether the expression certainly is a Python collection."""
    value = file.value_of(node)
    if isinstance(value, _COLLECTIONS):
        return True
    call = as_call(value)
    if call is None:
        return False
    of_dictionary = call.receiver is not None and call.name in {"values", "keys"} and not call.node.args
    return of_dictionary or (call.receiver is None and call.name in {"range", "map", "zip", "set", "list", "sorted"})


def _is_number(file: PythonFile, node: ast.expr, depth: int = 0) -> bool:
    """Whether the expression certainly is a Python number."""
    if depth > _MAX_DEPTH:
        return False
    value = file.value_of(node)
    if isinstance(value, ast.UnaryOp):
        return _is_number(file, value.operand, depth + 1)
    if isinstance(value, ast.Constant):
        return isinstance(value.value, int | float)
    if isinstance(value, ast.BinOp):
        left, right = value.left, value.right
        return _is_number(file, left, depth + 1) and _is_number(file, right, depth + 1)
    call = as_call(value)
    return call is not None and call.name in _PYTHON_NUMBERS and (call.receiver is not None or call.name != "timestamp")
