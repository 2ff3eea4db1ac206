"""`trigger(once=True)` reads the whole backlog in one batch; `availableNow=True` reads it in batches and then stops.

What: a streaming query with the trigger `once=True`, written as a keyword or in a dictionary that `**` unpacks.

Why: `once` ignores `maxFilesPerTrigger` and its like, so after a pause the whole backlog becomes one batch, which
spills or fails and then starts from nothing. It is deprecated; `availableNow` does the same work in batches of a
bounded size, keeps what each of them finished, and stops at the end as well.

Silent when: the value is no literal True; the sink is memory or the console; another branch of the query sets another
trigger, as code for old runtimes or after a setting does; a `foreachBatch` without a checkpoint wants all rows in one
batch; it is a test.

Source: Databricks documentation, Structured Streaming trigger intervals; Spark, `DataStreamWriter.trigger`.

Bad::

    stream = spark.readStream.table("main.bronze.orders")
    stream.writeStream.trigger(once=True).option("checkpointLocation", path).toTable("main.silver.orders")

Fixed::

    stream = spark.readStream.table("main.bronze.orders")
    stream.writeStream.trigger(availableNow=True).option("checkpointLocation", path).toTable("main.silver.orders")

Good::

    stream = spark.readStream.table("main.bronze.orders")
    stream.writeStream.trigger(availableNow=True).option("checkpointLocation", path).toTable("main.silver.orders")
    stream.writeStream.trigger(once=only_once).option("checkpointLocation", copy).toTable("main.silver.copy")

Bad: in a dictionary::

    TRIGGER = {"once": True}
    stream = spark.readStream.table("main.bronze.orders")
    stream.writeStream.trigger(**TRIGGER).option("checkpointLocation", path).toTable("main.silver.orders")

Good: in a dictionary::

    TRIGGER = {"availableNow": True}
    stream = spark.readStream.table("main.bronze.orders")
    stream.writeStream.trigger(**TRIGGER).option("checkpointLocation", path).toTable("main.silver.orders")
    other = stream.writeStream.trigger(**({"availableNow": True} if new else {"once": True}))
    other.option("checkpointLocation", copy).toTable("main.silver.copy")

Good: for old runtimes::

    writer = spark.readStream.table("main.bronze.orders").writeStream.option("checkpointLocation", path)
    writer = writer.trigger(availableNow=True) if new_runtime else writer.trigger(once=True)
    writer.toTable("main.silver.orders")

Good: something else that is triggered once::

    scheduler.trigger(once=True)

Good: a batch in disguise, which wants all rows at once::

    def check(stream, validate):
        stream.writeStream.trigger(once=True).foreachBatch(validate).start()

Good: nothing is kept::

    def peek(stream):
        stream.writeStream.format("memory").queryName("peek").trigger(once=True).start()

Good: a test::

    # file: tests/test_orders.py
    def test_orders(stream):
        stream.writeStream.trigger(once=True).format("delta").start("orders")
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from orchestrator.code.facts import Facts
from orchestrator.code.python import Call, PythonFile
from orchestrator.code.roles import Role
from orchestrator.rules.rule import Fix, Hit, Rule, Severity
from orchestrator.rules.streaming_specialist._queries import (
    THROWAWAY_SINKS,
    builder_calls,
    checkpoint,
    queries,
    sink_format,
)

RULE = Rule(
    id="STR006",
    name="trigger-once",
    severity=Severity.LOW,
    default=True,
    references=("https://docs.databricks.com/aws/en/structured-streaming/triggers",),
)
_MESSAGE = (
    "`trigger(once=True)` takes the whole backlog as one batch; `availableNow=True` takes it in batches of a bounded "
    "size and stops as well"
)


@RULE.on_python
def check(file: PythonFile, facts: Facts) -> Iterator[Hit]:
    """Each trigger `once=True` of a query."""
    if "once" not in file.source.text or facts.role(file.path) is Role.TEST:
        return
    for write in queries(file, facts):
        if sink_format(file, write) in THROWAWAY_SINKS:
            continue
        triggers = [call for call in builder_calls(file, write) or write.builder if call.name == "trigger"]
        whole = write.step("foreachBatch") is not None
        if len(triggers) == 1 and not (whole and checkpoint(file, write) is None):
            yield from _hits(file, triggers[0], safe=not whole)
            yield from _unpacked(file, triggers[0])


def _hits(file: PythonFile, call: Call, *, safe: bool) -> Iterator[Hit]:
    """The hit of a trigger; a handler may count on one batch, so that there the fix is for a person to apply."""
    for given in call.node.keywords:
        if given.arg != "once" or not isinstance(given.value, ast.Constant) or given.value.value is not True:
            continue
        yield Hit(
            location=file.call_location(call),
            message=_MESSAGE,
            fix=Fix(description="use `availableNow=True`", edits=(file.edit(given, "availableNow=True"),), safe=safe),
        )


def _unpacked(file: PythonFile, call: Call) -> Iterator[Hit]:
    """The hit of a dictionary that holds `once`; others may read the dictionary, so there is no fix for it."""
    for given in call.node.keywords:
        held = file.value_of(given.value) if given.arg is None else None
        if not isinstance(held, ast.Dict):
            continue
        pairs = zip(held.keys, held.values, strict=True)
        if any(key is not None and file.string(key) == "once" and file.constant(one) is True for key, one in pairs):
            yield Hit(location=file.call_location(call), message=_MESSAGE)
