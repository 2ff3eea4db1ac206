"""A dataset function that runs a job or writes by itself does so at times that nobody chose.

What: `collect`, `count`, `toPandas`, `save`, `saveAsTable`, `insertInto`, `start` or `toTable` on a frame inside a
function that declares a dataset of a pipeline.

Why: a pipeline calls the function to plan, on every update and for validation too, before the tables that it reads are
up to date. The action then computes stale or missing data, costs a job each time, and a write happens outside of what
the pipeline tracks.

Silent when: `count` is an aggregate (`groupBy(...).count()`, `F.count`); the call is outside of the decorated function,
or in a function inside it that runs later; what it is called on is no frame.

Source: Databricks documentation, pipelines Python reference: functions that must not be used to define datasets.

Bad::

    from pyspark import pipelines as dp

    @dp.materialized_view
    def top_products():
        names = [row["name"] for row in spark.read.table("products").collect()]
        return spark.read.table("sales").filter(F.col("name").isin(names))

Bad::

    import dlt

    @dlt.table
    def orders():
        orders = spark.read.table("main.bronze.orders")
        orders.write.mode("append").saveAsTable("main.ops.orders_copy")
        return orders

Bad::

    from pyspark import pipelines as dp

    @dp.materialized_view
    def large():
        frame = spark.read.table("sales")
        if frame.count() > 1000000:
            frame = frame.sample(0.1)
        return frame

Good: an aggregate::

    from pyspark import pipelines as dp

    @dp.materialized_view
    def per_day():
        return spark.read.table("sales").groupBy("day").count()

    @dp.materialized_view
    def per_shop():
        return spark.read.table("sales").groupBy("shop").agg(F.count("*").alias("sales"))

Good: outside of the datasets::

    from pyspark import pipelines as dp

    tables = [row["name"] for row in spark.read.table("main.ops.tables").collect()]

    @dp.materialized_view
    def sales():
        return spark.read.table(tables[0])

Good: no frame::

    from pyspark import pipelines as dp

    @dp.materialized_view
    def sales():
        separators = "a.b.c".count(".")
        return spark.read.table("sales").withColumn("parts", F.lit(separators))
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from orchestrator.rules.rule import Hit, Rule, Severity

if TYPE_CHECKING:
    from orchestrator.code.facts import Facts
    from orchestrator.code.python import Call, PythonFile

RULE = Rule(
    id="PIP002",
    name="action-in-dataset-function",
    severity=Severity.HIGH,
    default=True,
    references=("https://docs.databricks.com/aws/en/ldp/developer/python-ref",),
)
_ACTIONS = ("collect", "count", "toPandas")
_GROUPING = frozenset({"groupBy", "groupby", "rollup", "cube", "pivot"})


@RULE.on_python
def check(file: PythonFile, facts: Facts) -> Iterator[Hit]:
    """Every action and every write that stands in a dataset function itself."""
    datasets = {dataset.function: dataset for dataset in facts.datasets(file)}
    if not datasets:
        return
    written = [write.call for write in facts.writes(file)]
    acting = [call for call in file.calls_named(*_ACTIONS) if _acts(file, facts, call)]
    for call in (*acting, *written):
        function = file.function(call.node)
        dataset = datasets.get(function) if function is not None else None
        if dataset is None or any(call.node in file.ancestors(other.node) for other in written if other is not call):
            continue
        effect = "writes" if call in written else "runs a job"
        yield Hit(
            location=file.call_location(call),
            message=f"`{call.name}` {effect} whenever the pipeline plans `{dataset.name}`, even before its sources are "
            "up to date; return a lazy frame, and do this outside of the pipeline",
        )


def _acts(file: PythonFile, facts: Facts, call: Call) -> bool:
    """Whether the call brings data to the driver: a frame's, without arguments, and no aggregate of groups."""
    if call.receiver is None or call.node.args or call.node.keywords:
        return False
    frame = facts.frame(file, call.receiver)
    grouped = bool(frame.operations) and frame.operations[-1].name in _GROUPING
    return frame.is_dataframe and not grouped
