"""`withColumn` in a loop makes the plan grow with every turn.

What: a loop that assigns `df = df.withColumn(...)`, `withColumnRenamed` or `drop` to the frame it reads, so that each
turn adds a projection to the plan of the turn before.

Why: every call wraps the plan in one more projection, and the analyser walks all of them again each time. A hundred
columns take minutes to analyse and can end in a StackOverflowError, before a single row is read.

Silent when: the loop makes a fresh frame each turn, it runs over at most five literal values, or the frame is a pandas
one.

Source: PySpark API reference, `DataFrame.withColumn`, the note on calling it multiple times.

Bad::

    def trim_all(df, columns):
        for name in columns:
            df = df.withColumn(name, F.trim(name))
        return df

Bad::

    df = spark.table("main.silver.customers")
    for old in df.columns:
        df = df.withColumnRenamed(old, old.lower())

Good::

    def trim_all(df, columns):
        return df.withColumns({name: F.trim(name) for name in columns})

Good: each turn starts from a new frame::

    for name in tables:
        df = spark.table(name)
        df = df.withColumn("source", F.lit(name))
        df.write.mode("append").saveAsTable("main.silver.all_sources")

Good: a handful of known columns::

    for name in ["city", "street"]:
        df = df.withColumn(name, F.trim(name))
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from orchestrator.code.facts import Facts
from orchestrator.code.index import LoopNode
from orchestrator.code.python import Call, PythonFile, as_call
from orchestrator.rules.rule import Hit, Rule, Severity

FEW = 5
RULE = Rule(
    id="PYS003",
    name="with-column-in-loop",
    severity=Severity.MEDIUM,
    default=True,
    references=("https://spark.apache.org/docs/latest/api/python/reference/pyspark.sql/api/pyspark.sql.DataFrame.withColumn.html",),
)
_GROWING = ("withColumn", "withColumnRenamed", "drop")


@RULE.on_python
def check(file: PythonFile, facts: Facts) -> Iterator[Hit]:
    """The first growing assignment of each loop."""
    reported: set[ast.AST] = set()
    for call in file.calls_named(*_GROWING):
        assign = file.statement(call.node)
        loop = _loop(file, assign)
        if loop is None or loop in reported or not isinstance(assign, ast.Assign):
            continue
        if not _carries(file, assign, loop) or _is_short(file, loop) or not _is_spark(file, facts, call):
            continue
        reported.add(loop)
        name = file.text(assign.targets[0])
        yield Hit(
            location=file.location(assign),
            message=f"`{name}` gets one more `{call.name}` with every turn of the loop; build the columns first and call "
            f"`{'drop' if call.name == 'drop' else call.name + 's'}` once",
        )


def _loop(file: PythonFile, statement: ast.stmt | None) -> ast.For | ast.AsyncFor | ast.While | None:
    """The nearest loop around a statement, inside the same function."""
    if statement is None:
        return None
    for parent in file.ancestors(statement):
        if isinstance(parent, LoopNode):
            return parent
        if isinstance(parent, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            return None
    return None


def _carries(file: PythonFile, assign: ast.Assign, loop: ast.AST) -> bool:
    """Whether the frame that the assignment reads is the one it made in the turn before."""
    target = assign.targets[0]
    root = assign.value
    while (call := as_call(root)) is not None and call.receiver is not None:
        root = call.receiver
    if not isinstance(target, ast.Name) or not isinstance(root, ast.Name) or root.id != target.id:
        return False
    definitions = file.definitions(root)
    fresh = [b for b in definitions if loop in file.ancestors(b.node) and b.node is not assign]
    return any(b.node is assign for b in definitions) and not fresh


def _is_short(file: PythonFile, loop: ast.For | ast.AsyncFor | ast.While) -> bool:
    if isinstance(loop, ast.While):
        return False
    values = file.value_of(loop.iter)
    if isinstance(values, ast.List | ast.Tuple | ast.Set):
        return len(values.elts) <= FEW
    if isinstance(values, ast.Dict):
        return len(values.keys) <= FEW
    call = as_call(values)
    if call is None or call.name != "range" or not call.node.args:
        return False
    turns = file.constant(call.node.args[-1])
    return isinstance(turns, int) and turns <= FEW


def _is_spark(file: PythonFile, facts: Facts, call: Call) -> bool:
    """`drop` belongs to pandas too: there the frame itself must be Spark's."""
    return call.name != "drop" or facts.frame(file, call.receiver).is_dataframe
