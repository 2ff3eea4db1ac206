"""`withColumn` in a loop makes the plan grow with every turn.

What: a loop that assigns `df = df.withColumn(...)`, `withColumnRenamed` or `drop` to the frame it reads, or a `reduce`
whose function does so, so that each turn adds a projection to the plan of the turn before.

Why: every call wraps the plan in one more projection, and the analyser walks all of them again each time. A hundred
columns take minutes to analyse and can end in a StackOverflowError, before a single row is read.

Silent when: the loop makes a fresh frame each turn, it runs over at most five literal values, all turns change the same
column (then the expression itself grows, however it is written), the columns are exploded (one select takes one of
them only), the frame is another library's (pandas, Snowpark, the
specification of a data generator, whose `withColumn` takes a type), or the file is a test.

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

Bad: a loop by another name::

    from functools import reduce

    def trim_all(df, columns):
        return reduce(lambda frame, name: frame.withColumn(name, F.trim(name)), columns, df)

Good: reduced over a handful of columns, or over expressions of one column::

    from functools import reduce

    def tidy(df, words):
        df = reduce(lambda frame, name: frame.withColumn(name, F.trim(name)), ["city", "street"], df)
        df = reduce(lambda frame, word: frame.withColumn("city", F.replace("city", F.lit(word))), words, df)
        return reduce(lambda text, word: text.replace(word, ""), words, "a text")

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

Good: a handful of known columns and expressions::

    for at, (name, text) in enumerate({"city": "trim(city)", "street": "trim(street)"}.items()):
        df = df.withColumn(name, F.expr(text))

Good: one column, built up::

    for unwanted in unwanted_values:
        df = df.withColumn("city", F.when(F.col("city") != unwanted, F.col("city")))

Good: exploded columns, of which a select takes one::

    for name in df.columns:
        df = df.withColumn(name, F.explode_outer(name))

Good: a generator's specification, which is no frame::

    for at in range(columns):
        spec = spec.withColumn(f"amount_{at}", "float", minValue=0.0)

Good: Snowpark::

    from snowflake.snowpark import functions as F

    for name in columns:
        df = df.withColumn(name, F.trim(name))
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from orchestrator.code.facts import Facts
from orchestrator.code.python import Call, PythonFile, as_call
from orchestrator.code.roles import Role
from orchestrator.rules.pyspark_optimizer._loops import Loop, changing_names, enclosing_loop, is_short, names_in
from orchestrator.rules.pyspark_optimizer._reductions import growing_step
from orchestrator.rules.rule import Hit, Rule, Severity

RULE = Rule(
    id="PYS003",
    name="with-column-in-loop",
    severity=Severity.MEDIUM,
    default=True,
    references=(
        "https://spark.apache.org/docs/latest/api/python/reference/pyspark.sql/api/pyspark.sql.DataFrame.withColumn.html",
    ),
)
_GENERATOR = re.compile(r"\b(?:(?:pos)?explode|inline|stack)(?:_outer)?\s*\(")
_GROWING = {"withColumn": "withColumns", "withColumnRenamed": "withColumnsRenamed", "drop": "drop"}
"""Each call that grows the plan, and the one that does the same for many columns at once."""


@RULE.on_python
def check(file: PythonFile, facts: Facts) -> Iterator[Hit]:
    """The first growing assignment of each loop."""
    reported: set[ast.AST] = set()
    if facts.role(file.path) is Role.TEST:
        return
    for call in file.calls_named(*_GROWING):
        assign = file.statement(call.node)
        loop = enclosing_loop(file, assign)
        if loop is None or loop in reported or not isinstance(assign, ast.Assign):
            continue
        if not _carries(file, assign, loop) or is_short(file, loop) or not _is_spark(file, facts, call):
            continue
        if _is_one_column(call, loop) or _generates(file, call):
            continue
        reported.add(loop)
        name = file.text(assign.targets[0])
        yield Hit(
            location=file.location(assign),
            message=f"`{name}` gets one more `{call.name}` with every turn of the loop; gather the columns first and "
            f"call `{_GROWING[call.name]}` once",
        )


@RULE.on_python
def check_reduce(file: PythonFile, facts: Facts) -> Iterator[Hit]:
    """Every `reduce` whose function gives a frame one more projection for each value."""
    if facts.role(file.path) is Role.TEST:
        return
    for call in file.calls_named("reduce"):
        growing = growing_step(file, call, frozenset(_GROWING))
        if growing is not None and _is_spark(file, facts, growing) and not _generates(file, growing):
            yield Hit(
                location=file.call_location(call),
                message=f"`reduce` adds one more `{growing.name}` for each value; gather the columns first and call "
                f"`{_GROWING[growing.name]}` once",
            )


def _is_one_column(call: Call, loop: Loop) -> bool:
    """Whether all turns change the same column: its expression nests, and no single call takes them all."""
    column = call.argument(0, "colName")
    if call.name != "withColumn" or column is None or isinstance(loop, ast.While):
        return False
    named = set(names_in(column))
    return not named or not changing_names(loop) & named


def _generates(file: PythonFile, call: Call) -> bool:
    """Whether the column makes rows, of which Spark takes one in a select: there each needs a call of its own."""
    column = call.argument(1, "col")
    return call.name == "withColumn" and column is not None and _GENERATOR.search(file.text(column)) is not None


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


def _is_spark(file: PythonFile, facts: Facts, call: Call) -> bool:
    """Whether the frame may be Spark's; `drop` belongs to pandas too, so there the frame itself must show it."""
    if file.imports_any("snowflake"):
        return False
    if call.name == "withColumn":
        column = call.argument(1, "col")
        return column is None or file.string(column) is None
    return call.name != "drop" or facts.frame(file, call.receiver).is_dataframe
