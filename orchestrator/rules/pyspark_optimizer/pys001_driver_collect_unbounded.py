"""`collect()` or `toPandas()` brings a whole table to the driver.

What: `collect`, `toPandas` or `list(...toLocalIterator())` on a frame that is read from a table or files, by a query,
or joined of two such frames, and that nothing on the way limits, filters, groups or makes distinct.

Why: all rows travel to one process and have to fit into its memory. The code works while the table is small and ends
with an out-of-memory error, or a result above `spark.driver.maxResultSize`, on the day it is not.

Severity: medium; high where a bundle's task or pipeline runs the file; info in exploration, demos and examples.

Silent when: the frame is limited, sampled, aggregated, grouped, distinct or filtered (how much a filter leaves the code
does not tell), the source is metadata, a system table, local data, a query to another database, a text file that is
one row, or a table that by its name holds settings, the file trains a model with a library that needs pandas, or the
file is a test, makes data or sets things up.

Source: PySpark API reference, `DataFrame.collect` and `DataFrame.toPandas`.

Bad::

    rows = spark.table("main.silver.orders").collect()

Bad: a query without a condition::

    frame = spark.sql("SELECT id, amount FROM main.silver.orders").toPandas()

Bad: columns are chosen, rows are not::

    df = spark.read.parquet("/Volumes/main/landing/orders")
    ids = [row.id for row in df.select("id").collect()]

Bad: two whole tables::

    orders = spark.table("main.silver.orders")
    lines = orders.join(spark.table("main.silver.order_lines"), "order_id")
    rows = lines.collect()
    same = list(lines.toLocalIterator())

Good: a join that keeps little, and rows that come one partition after the other::

    orders = spark.table("main.silver.orders")
    rows = orders.join(spark.table("main.silver.returns").where("day = '2026-01-01'"), "order_id").collect()
    same = orders.join(spark.table("main.silver.returns"), "order_id", "left_semi").collect()
    for row in orders.toLocalIterator():
        send(row)

Good: limited::

    rows = spark.table("main.silver.orders").limit(100).collect()

Good: an aggregate, groups, distinct values::

    total = spark.table("main.silver.orders").agg(F.sum("amount")).collect()[0][0]
    countries = spark.table("main.silver.orders").groupBy("country").count().collect()
    statuses = spark.table("main.silver.orders").select("status").distinct().toPandas()

Good: filtered::

    rows = spark.table("main.silver.orders").filter("id = 17").collect()
    same = spark.sql("SELECT * FROM main.silver.orders WHERE id = 17").collect()

Good: metadata, and a table of settings::

    tables = spark.sql("SHOW TABLES IN main.silver").collect()
    columns = spark.table("system.information_schema.columns").collect()
    settings = spark.table("main.ops.feed_config").collect()

Good: a query to another database, and a file that is one row::

    version = spark.read.format("jdbc").option("query", "SELECT version()").load().collect()[0][0]
    text = spark.read.text("/Volumes/main/ops/template.sql", wholetext=True).collect()[0][0]

Good: training in memory::

    from sklearn.ensemble import RandomForestClassifier

    training = spark.table("main.ml.training").toPandas()
    RandomForestClassifier().fit(training.drop("label", axis=1), training["label"])

Good: a frame of unknown size::

    def rows(df):
        return df.collect()

Good: a test::

    # file: tests/test_orders.py
    def test_orders(spark):
        assert spark.table("orders").collect() == []
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from orchestrator.code.bound import Bound
from orchestrator.code.facts import Facts
from orchestrator.code.frames import Frame, Root
from orchestrator.code.python import Call, PythonFile, as_call
from orchestrator.code.roles import Role
from orchestrator.rules.rule import Hit, Rule, Severity

RULE = Rule(
    id="PYS001",
    name="driver-collect-unbounded",
    severity=Severity.MEDIUM,
    default=False,
    references=(
        "https://spark.apache.org/docs/latest/api/python/reference/pyspark.sql/api/pyspark.sql.DataFrame.collect.html",
    ),
)
_NARROWING = (
    "filter", "where", "limit", "sample", "sampleBy", "distinct", "dropDuplicates", "drop_duplicates", "groupBy",
    "groupby", "rollup", "cube", "agg", "intersect", "subtract", "exceptAll", "summary", "describe", "head",
    "mapInPandas", "transform",
)  # fmt: skip
_NARROWING_SQL = re.compile(r"\b(where|limit|group\s+by|distinct|join|having|qualify|tablesample)\b", re.IGNORECASE)
_SETTINGS = re.compile(
    r"config|control|metadata|mapping|lookup|param|setting|registry|rules?\b|schedule|calendar|watermark|checkpoint|"
    r"audit|_log|history|status|expectations?\b",
    re.IGNORECASE,
)
_TRAINING = (
    "sklearn",
    "xgboost",
    "lightgbm",
    "catboost",
    "torch",
    "transformers",
    "datasets",
    "statsmodels",
    "prophet",
)
_SILENT = frozenset({Role.TEST, Role.GENERATOR, Role.SETUP})
_SEVERITIES = {Role.PRODUCTION: Severity.HIGH, Role.CODE: Severity.MEDIUM}


@RULE.on_python
def check(file: PythonFile, facts: Facts) -> Iterator[Hit]:
    """Every fetch of a frame that certainly is a whole table, file or query result."""
    role = facts.role(file.path)
    if role in _SILENT:
        return
    for call in file.calls_named("collect", "toPandas", "toLocalIterator"):
        if call.receiver is None or facts.bound(file, call.receiver) is not Bound.UNBOUNDED:
            continue
        frame = facts.frame(file, call.receiver)
        if frame.streaming or not _takes_all(file, call) or not _is_whole(file, facts, frame) or _trains(file, call):
            continue
        yield Hit(
            location=file.call_location(call),
            message=f"`{call.name}` brings every row of {_named(file, frame.roots[0])} to the driver; limit or "
            "aggregate it, or write the result as a table",
            severity=_SEVERITIES.get(role, Severity.INFO),
        )


def _trains(file: PythonFile, call: Call) -> bool:
    """Whether the frame goes to a library that trains in the memory of one machine, which somebody chose."""
    return call.name == "toPandas" and file.imports_any(*_TRAINING)


def _takes_all(file: PythonFile, call: Call) -> bool:
    """Whether the rows are held at once: an iterator brings one partition after the other."""
    around = as_call(file.parent(call.node))
    return call.name != "toLocalIterator" or (around is not None and around.name in {"list", "tuple", "sorted"})


def _is_whole(file: PythonFile, facts: Facts, frame: Frame) -> bool:
    """Whether nothing on the way may leave few rows, no source holds few by its name, and what is joined is whole."""
    joins = [call for call in frame.operations if call.name == "join"]
    if len(joins) > 1 or frame.has(*_NARROWING) or any(_is_narrow_source(file, root) for root in frame.roots):
        return False
    if not joins:
        return not frame.joined
    kept = str(file.constant(joins[0].argument(2, "how")) or "inner")
    other = joins[0].argument(0, "other")
    joined = facts.frame(file, other)
    whole = bool(joined.roots) and not joined.joined and not joined.has(*_NARROWING, "join")
    if other is None or not whole or kept.endswith(("semi", "anti")):
        return False
    small = any(_is_narrow_source(file, root) for root in joined.roots)
    return not small and facts.bound(file, other) is Bound.UNBOUNDED


def _is_narrow_source(file: PythonFile, root: Root) -> bool:
    if root.sql is not None:
        text = root.sql.template.text
        return bool(_NARROWING_SQL.search(text) or _SETTINGS.search(text))
    if any(step.name == "jdbc" for step in root.reader) or root.option("query") or root.option("wholetext"):
        return True
    if file.string(root.format) == "jdbc":
        return True
    return bool(_SETTINGS.search(_source_text(file, root)))


def _source_text(file: PythonFile, root: Root) -> str:
    if root.target is None:
        return file.text(root.node)
    return file.pattern(root.target) or file.text(root.target)


def _named(file: PythonFile, root: Root) -> str:
    name = None if root.sql is not None else file.pattern(root.target)
    return f"`{name}`" if name and len(name) <= 60 else "its source"
