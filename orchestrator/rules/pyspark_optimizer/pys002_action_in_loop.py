"""A Spark action in every turn of a loop reads the same data again and again.

What: `count`, `collect`, `toPandas` or a fetched aggregate inside a `for` loop, a comprehension or a `while` loop that
empties a list, on a frame that comes from outside and is only filtered, selected or queried differently each turn.

Why: every turn starts a Spark job that scans the source from the beginning: fifty columns are fifty scans, one after
the other, where a single `agg` or `groupBy` answers all of them in one pass.

Severity: high; one step lower in demos, examples and exploration, and where the frame is cached.

Silent when: every turn reads another table or file, the loop has at most five known turns, the source is small
(metadata, a limit, local data), the frame itself changes from turn to turn (an iterative algorithm), the turn joins,
groups by another column or writes what it selected, which one pass cannot do for all turns, the loop cuts the work into
ranges on purpose (`range(start, stop, step)`), the action only stands in for a value that an earlier pass lacks, the
work is handed to a thread pool, the action stops at the first rows (`first`, `isEmpty`), the frame streams, or the file
is a test.

Source: Spark documentation, RDD and DataFrame actions; Databricks documentation, best practices for performance.

Bad: one job a column::

    df = spark.table("main.silver.customers")
    missing = {}
    for name in df.columns:
        missing[name] = df.filter(df[name].isNull()).count()

Bad: the same in a comprehension::

    df = spark.table("main.silver.customers")
    missing = {name: df.where(F.col(name).isNull()).count() for name in df.columns}

Bad: one job a row that was fetched::

    from pyspark.sql import DataFrame

    def histories(customers: DataFrame, orders: DataFrame) -> dict:
        found = {}
        for row in customers.select("id").collect():
            found[row.id] = orders.filter(F.col("customer_id") == row.id).collect()
        return found

Bad: one aggregate a turn::

    df = spark.table("main.silver.measurements")
    for name in metrics:
        column = F.col(name)
        highest[name] = df.select(F.max(column)).first()[0]

Bad: one query a turn over one table::

    for name in columns:
        found = spark.sql(f"SELECT count(*) FROM main.silver.customers WHERE {name} IS NULL").collect()[0][0]

Bad: a list that is emptied::

    df = spark.table("main.silver.customers")
    waiting = df.columns
    while waiting:
        name = waiting.pop()
        missing[name] = df.filter(df[name].isNull()).count()

Good: a search, whose next question depends on the answer::

    df = spark.table("main.silver.parts")
    waiting = [root]
    while waiting:
        part = waiting.pop()
        for row in df.filter(F.col("parent") == part).collect():
            waiting.append(row.part)

Good: one pass::

    df = spark.table("main.silver.customers")
    counted = df.agg(*[F.count_if(F.col(name).isNull()).alias(name) for name in df.columns]).first()

Good: every turn reads another table::

    for table in tables:
        rows[table] = spark.table(table).count()

Good: every query reads another table::

    for table in tables:
        rows[table] = spark.sql(f"SELECT count(*) FROM main.silver.{table}").collect()[0][0]

Good: metadata::

    tables = spark.sql("SHOW TABLES IN main.silver")
    for prefix in prefixes:
        found = tables.filter(F.col("tableName").startswith(prefix)).collect()

Good: a few known values::

    df = spark.table("main.silver.customers")
    for country in ["AT", "CH", "DE"]:
        print(country, df.filter(F.col("country") == country).count())

Good: the action does not depend on the turn (a retry)::

    df = spark.table("main.silver.customers")
    for attempt in range(retries):
        rows = df.count()

Good: an algorithm that goes from state to state::

    labels = spark.table("main.silver.nodes")
    for step in range(steps):
        labels = labels.join(edges, "id").withColumn("step", F.lit(step))
        changed = labels.filter(F.col("step") == step).count()

Good: pieces on purpose::

    df = spark.table("main.silver.customers")
    for start in range(0, total, 100_000):
        send(df.filter(F.col("n").between(start, start + 99_999)).toPandas())

Good: every turn needs a shuffle of its own::

    df = spark.table("main.silver.customers")
    for name in df.columns:
        values[name] = df.groupBy(name).count().collect()

Good: every turn joins, or writes what it counts::

    df = spark.table("main.silver.customers")
    for country in countries:
        seen[country] = df.filter(F.col("country") == country).join(visits, "id").count()
    for country in countries:
        part = df.filter(F.col("country") == country)
        print(country, part.count())
        part.write.mode("append").saveAsTable(f"main.gold.customers_{country}")

Good: only what an earlier pass did not give::

    df = spark.table("main.silver.customers")
    for name in df.columns:
        if counted.get(name) is None:
            counted[name] = df.select(F.countDistinct(name)).first()[0]

Good: a grouped count is no action::

    df = spark.table("main.silver.customers")
    for name in df.columns:
        counted[name] = df.groupBy(name).count()

Good: pandas::

    import pandas as pd

    frame = pd.read_csv("customers.csv")
    for name in frame.columns:
        print(frame[frame[name].isna()].count())
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from orchestrator.code.bound import Bound
from orchestrator.code.facts import Facts
from orchestrator.code.frames import Frame, Root, RootKind
from orchestrator.code.python import Call, PythonFile
from orchestrator.code.roles import Role
from orchestrator.rules.pyspark_optimizer._evidence import frame_name, is_spark_frame
from orchestrator.rules.pyspark_optimizer._loops import Turns, enclosing_turns
from orchestrator.rules.pyspark_optimizer._repetition import GROUPS, repeats
from orchestrator.rules.rule import Hit, Rule, Severity

RULE = Rule(
    id="PYS002",
    name="action-in-loop",
    severity=Severity.HIGH,
    default=True,
    references=("https://spark.apache.org/docs/latest/rdd-programming-guide.html#actions",),
)
_FULL = ("count", "collect", "toPandas", "toLocalIterator")
_EARLY = ("first", "head", "take")
_CACHES = ("cache", "persist", "checkpoint", "localCheckpoint")


@RULE.on_python
def check(file: PythonFile, facts: Facts) -> Iterator[Hit]:
    """The first action of each loop that asks one source again every turn."""
    reported: set[ast.AST] = set()
    if facts.role(file.path) is Role.TEST:
        return
    for call in file.calls_named(*_FULL, *_EARLY):
        if call.receiver is None or not _is_action(file, facts, call):
            continue
        loop = next((loop for loop in enclosing_turns(file, call.node) if repeats(file, facts, call, loop)), None)
        if loop is None or loop in reported:
            continue
        reported.add(loop)
        yield Hit(
            location=file.call_location(call),
            message=f"`{call.name}` runs a Spark job for every turn of the loop over `{_over(file, loop)}`, each over "
            f"the same {_source(facts.frame(file, call.receiver))}; {_advice(call)}",
            severity=_severity(file, facts, call),
        )


def _is_action(file: PythonFile, facts: Facts, call: Call) -> bool:
    """Whether the call runs a job over the whole of a batch frame that may be large."""
    if not next(enclosing_turns(file, call.node), None) or not is_spark_frame(file, facts, call.receiver):
        return False
    frame = facts.frame(file, call.receiver)
    if call.name == "count" and (call.node.args or (frame.operations and frame.operations[-1].name in GROUPS)):
        return False
    if frame.streaming or frame.has("limit", "take", "head", "tail") or _is_small(facts, file, frame):
        return False
    return call.name in _FULL or facts.bound(file, call.receiver) is Bound.BOUNDED


def _is_small(facts: Facts, file: PythonFile, frame: Frame) -> bool:
    """Whether all sources are small; the one row of an aggregate over a large source is not."""
    return all(_is_small_root(facts, file, root) for root in frame.roots)


def _is_small_root(facts: Facts, file: PythonFile, root: Root) -> bool:
    if root.kind is not RootKind.SQL:
        return facts.of(file).bounds.of_root(root) is Bound.BOUNDED
    statement = root.sql.statements[-1] if root.sql is not None and root.sql.statements else None
    if statement is None or statement.kind != "SELECT" or not statement.reads:
        return True
    words = statement.text.lower()
    return " limit " in words or "information_schema" in words or words.count("system.") >= len(statement.reads)


def _severity(file: PythonFile, facts: Facts, call: Call) -> Severity:
    name = frame_name(call.receiver)
    cached = facts.frame(file, call.receiver).has(*_CACHES) or any(
        frame_name(made.receiver) == name for made in file.calls_named(*_CACHES)
    )
    return RULE.severity.lowered(int(cached) + int(not facts.role(file.path).is_serious))


def _over(file: PythonFile, loop: Turns) -> str:
    if isinstance(loop, ast.While):
        node = loop.test
    else:
        node = loop.iter if isinstance(loop, ast.For | ast.AsyncFor) else loop.generators[0].iter
    text = " ".join(file.text(node).split())
    return text if len(text) <= 40 else f"{text[:37]}..."


def _source(frame: Frame) -> str:
    """The parameter that the loop reads again, or what kind of thing it is."""
    node = frame.roots[0].node if frame.roots else None
    return f"`{node.arg}`" if isinstance(node, ast.arg) else "source"


def _advice(call: Call) -> str:
    if call.name in {"collect", "toPandas", "toLocalIterator"}:
        return "fetch what all turns need at once, or join"
    return "compute all of it in one `agg` or `groupBy`"
