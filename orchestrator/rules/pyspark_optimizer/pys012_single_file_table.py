"""A table is written by one task, as one file.

What: `coalesce(1)` or `repartition(1)` as the last step before a frame is written to a table.

Why: one core of the cluster writes everything while the others wait, and `coalesce(1)` also makes the steps before it
run on one core. Delta needs no such file: it compacts by itself, and readers want several.

Silent when: the frame is known to be small (limited, aggregated to one row, made of literals); the write is an export
to a path; the file is a test, a generator, an example or an exploration.

Opt-in: for a small reference table one file is right, and the code does not show the size.

Source: Spark API reference, DataFrame.coalesce; Databricks documentation, optimized writes.

Bad::

    orders = spark.table("main.bronze.orders").filter("amount > 0")
    orders.coalesce(1).write.mode("overwrite").saveAsTable("main.silver.orders")

Bad: by a shuffle, through a variable::

    orders = spark.table("main.bronze.orders")
    single = orders.repartition(1)
    single.write.mode("append").saveAsTable("main.silver.orders")

Good: exports, and small frames::

    orders = spark.table("main.silver.orders")
    orders.coalesce(1).write.mode("overwrite").csv("/Volumes/main/export/orders")
    orders.limit(100).coalesce(1).write.mode("overwrite").saveAsTable("main.gold.sample")
    orders.repartition(64).write.mode("overwrite").saveAsTable("main.gold.orders")

Good: partitioned by a column::

    orders = spark.table("main.silver.orders")
    orders.repartition(1, "day").write.mode("overwrite").saveAsTable("main.gold.orders")

Good: a test::

    # file: tests/test_orders.py
    def test_orders(spark):
        spark.table("main.bronze.orders").coalesce(1).write.saveAsTable("main.test.orders")
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from orchestrator.code.bound import Bound
from orchestrator.code.python import as_call
from orchestrator.rules.rule import Hit, Rule, Severity

if TYPE_CHECKING:
    from orchestrator.code.facts import Facts
    from orchestrator.code.python import PythonFile

RULE = Rule(
    id="PYS012",
    name="single-file-table",
    severity=Severity.LOW,
    default=False,
    references=(
        "https://spark.apache.org/docs/latest/api/python/reference/pyspark.sql/api/pyspark.sql.DataFrame.coalesce.html",
    ),
)
_STEPS = ("coalesce", "repartition")


@RULE.on_python
def check(file: PythonFile, facts: Facts) -> Iterator[Hit]:
    """Every table that one task writes."""
    if not any(f"{step}(1" in file.source.text for step in _STEPS) or not facts.role(file.path).is_serious:
        return
    for write in facts.writes(file):
        step = as_call(file.value_of(write.frame_node))
        is_one = step is not None and step.name in _STEPS and len(step.node.args) == 1
        if step is None or not is_one or not write.to_table or write.streaming:
            continue
        if file.constant(step.node.args[0]) == 1 and facts.bound(file, write.frame_node) is not Bound.BOUNDED:
            yield Hit(
                location=file.call_location(step),
                message=f"`{step.name}(1)` lets one core write the whole table while the others wait; Delta compacts "
                "small files by itself",
            )
