"""A stream is deduplicated, windowed or joined with another stream without a watermark, so its state grows for ever.

What: on a frame that is a stream for certain: `dropDuplicates` or `distinct`, an aggregation by `window`, or a join of
two streams, with no `withWatermark` before it, or in a join before one of the two only; `dropDuplicates` on keys
without the watermark's column; in SQL, a streaming table that selects DISTINCT or groups by `window` from STREAM
without WATERMARK.

Why: without a watermark nothing ever tells the query that a key or window is over, so it keeps all of them. The state
store grows with every day, batches slow down, and one night the executors run out of memory. (In append mode an
aggregation without a watermark does not start at all.)

Silent when: a watermark stands before it, or the frame went through a function that may have set one; the frame is the
batch of `foreachBatch`, which is no stream; one side of the join is static, or the column of the only watermark is a
key of the join, by which both sides are cleaned; the source is the `rate` generator; the
result goes to the console or to memory; it is a test. In complete mode a watermark removes nothing, so only the growth
is mentioned.

Source: Databricks documentation, watermarks for stateful processing; Spark, `DataFrame.dropDuplicates`.

Bad::

    events = spark.readStream.table("main.bronze.events")
    unique = events.dropDuplicates(["event_id"])
    unique.writeStream.option("checkpointLocation", path).toTable("main.silver.events")

Bad: a window::

    counts = (spark.readStream.table("main.bronze.events")
        .groupBy(F.window("event_time", "5 minutes"), "page").count())
    counts.writeStream.outputMode("update").option("checkpointLocation", path).foreachBatch(merge).start()

Bad: two streams::

    orders = spark.readStream.table("main.bronze.orders")
    payments = spark.readStream.table("main.bronze.payments")
    paid = orders.join(payments, "order_id")

Bad: two streams, one watermark::

    orders = spark.readStream.table("main.bronze.orders").withWatermark("ordered_at", "1 hour")
    payments = spark.readStream.table("main.bronze.payments")
    paid = orders.join(payments, F.expr("order_id = paid_order AND paid_at >= ordered_at AND paid_at < due_at"))

Bad: the keys leave out the column of the watermark, so no key is ever dropped::

    unique = (spark.readStream.table("main.bronze.events")
        .withWatermark("event_time", "2 hours")
        .dropDuplicates(["event_id"]))

Bad: complete mode keeps every window::

    counts = spark.readStream.table("main.bronze.events").groupBy(F.window("event_time", "1 minute")).count()
    (counts.writeStream.outputMode("complete").option("checkpointLocation", path)
        .toTable("main.gold.counts"))

Bad::

    # file: sql/events.sql
    CREATE OR REFRESH STREAMING TABLE silver.events AS
    SELECT DISTINCT event_id, page, event_time FROM STREAM(bronze.events);

Good::

    unique = (spark.readStream.table("main.bronze.events")
        .withWatermark("event_time", "2 hours")
        .dropDuplicates(["event_id", "event_time"]))

Good: within the watermark any keys will do::

    unique = (spark.readStream.table("main.bronze.events")
        .withWatermark("event_time", "2 hours")
        .dropDuplicatesWithinWatermark(["event_id"]))

Good: a window below a watermark::

    events = spark.readStream.table("main.bronze.events").withWatermark("event_time", "10 minutes")
    events.groupBy(F.window("event_time", "5 minutes")).count()

Good: a batch::

    def handle(batch, batch_id):
        batch.dropDuplicates(["event_id"]).write.mode("overwrite").saveAsTable("main.silver.latest")

    spark.readStream.table("main.bronze.events").writeStream.foreachBatch(handle).start()

Good: one side is static, and static frames have no state::

    countries = spark.read.table("main.ref.countries").dropDuplicates(["code"])
    events = spark.readStream.table("main.bronze.events").join(countries, "code")

Good: both sides have watermarks::

    orders = spark.readStream.table("main.bronze.orders").withWatermark("ordered_at", "1 hour")
    payments = spark.readStream.table("main.bronze.payments").withWatermark("paid_at", "1 hour")
    paid = orders.join(payments, "order_id")

Good: the watermark's column is a key, so it cleans both sides::

    orders = spark.readStream.table("main.bronze.orders").withWatermark("hour", "1 hour")
    payments = spark.readStream.table("main.bronze.payments")
    same = orders.join(payments, ["order_id", "hour"])
    other = orders.join(payments, F.expr("order_id = paid_order AND hour = paid_hour"))

Good: a function may have set it::

    events = with_event_time(spark.readStream.table("main.bronze.events"))
    unique = events.dropDuplicates(["event_id"])
    other = spark.readStream.table("main.bronze.clicks").transform(with_event_time).distinct()

Good: a stream or a batch::

    events = spark.readStream.table("main.bronze.events") if live else spark.read.table("main.bronze.events")
    unique = events.dropDuplicates(["event_id"])

Good: a generator::

    unique = spark.readStream.format("rate").load().dropDuplicates(["value"])

Good: a look at the console::

    unique = spark.readStream.table("main.bronze.events").dropDuplicates(["event_id"])
    unique.writeStream.format("console").start()

Good: a test::

    # file: tests/test_events.py
    def test_duplicates_are_dropped(spark):
        events = spark.readStream.table("events").dropDuplicates(["event_id"])

Good::

    # file: sql/events.sql
    CREATE OR REFRESH STREAMING TABLE silver.events AS
    SELECT DISTINCT event_id, event_time FROM STREAM(bronze.events) WATERMARK event_time DELAY OF INTERVAL 2 HOURS;
    CREATE OR REFRESH MATERIALIZED VIEW gold.pages AS SELECT DISTINCT page FROM silver.events;
    CREATE OR REFRESH STREAMING TABLE silver.pages AS SELECT page, event_id FROM STREAM(bronze.events);
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from orchestrator.code.facts import Facts
from orchestrator.code.frames import Frame
from orchestrator.code.python import Call, PythonFile
from orchestrator.code.roles import Role
from orchestrator.rules.rule import Hit, Rule, Severity
from orchestrator.rules.streaming_specialist._queries import THROWAWAY_SINKS, sink_format
from orchestrator.rules.streaming_specialist._stream_joins import HIDING, join_fault, quoted
from orchestrator.rules.streaming_specialist._watermark import (
    constant_keys,
    groups_by_window,
    is_stream,
    watermark_column,
)

if TYPE_CHECKING:
    from orchestrator.code.sql import SqlUnit
    from orchestrator.code.writes import Write

RULE = Rule(
    id="STR003",
    name="stateful-without-watermark",
    severity=Severity.HIGH,
    default=True,
    references=("https://docs.databricks.com/aws/en/structured-streaming/watermarks",),
)
_DEDUPLICATIONS = ("dropDuplicates", "drop_duplicates", "dropDuplicatesWithinWatermark", "distinct")
_MAY_SET_ONE = ("withWatermark", *HIDING)
_SQL_STATE = re.compile(r"\bSELECT\s+DISTINCT\b|\bGROUP\s+BY\b[^;]*\b(?:session_)?window\s*\(", re.IGNORECASE)
_SQL_STREAM = re.compile(r"\b(?:FROM|JOIN)\s+STREAM\b", re.IGNORECASE)
_SQL_KINDS = frozenset({"CREATE STREAMING TABLE", "CREATE FLOW"})


@RULE.on_python
def check(file: PythonFile, facts: Facts) -> Iterator[Hit]:
    """Each stateful operation on a stream."""
    role = facts.role(file.path)
    text = file.source.text
    if role is Role.TEST or not ("readStream" in text or "read_stream" in text):
        return
    for call in file.calls_named(*_DEDUPLICATIONS, "groupBy", "groupby", "join"):
        fault = _fault(file, facts, call)
        if fault is None:
            continue
        severity, message = fault
        yield Hit(
            location=file.call_location(call),
            message=message,
            severity=severity if role.is_serious else severity.lowered(),
        )


@RULE.on_sql
def check_sql(unit: SqlUnit, facts: Facts) -> Iterator[Hit]:
    """Each streaming table whose query keeps state without a watermark."""
    if "STREAM" not in unit.template.text.upper() or facts.role(unit.path) is Role.TEST:
        return
    for statement in unit.statements:
        text = statement.text
        state = _SQL_STATE.search(text) if statement.kind in _SQL_KINDS and _SQL_STREAM.search(text) else None
        if state is None or "WATERMARK" in text.upper():
            continue
        name = statement.target.text if statement.target is not None else "the streaming table"
        kept = "distinct row" if "DISTINCT" in state.group().upper() else "window"
        yield Hit(
            location=statement.location_of(statement.start + state.start(), statement.start + state.end()),
            message=f"`{name}` keeps every {kept} of its stream in state for ever; add `WATERMARK ... DELAY OF` to it",
        )


def _fault(file: PythonFile, facts: Facts, call: Call) -> tuple[Severity, str] | None:
    before = facts.frame(file, call.receiver)
    if not is_stream(file, before) or _is_thrown_away(file, facts, call):
        return None
    name = file.text(call.receiver) if isinstance(call.receiver, ast.Name) else "the stream"
    if call.name in _DEDUPLICATIONS:
        return _deduplication(file, call, before, name)
    if call.name == "join":
        return join_fault(file, facts, call, before)
    return None if before.has(*_MAY_SET_ONE) else _window(file, facts, call, name)


def _is_thrown_away(file: PythonFile, facts: Facts, call: Call) -> bool:
    """Whether every query over the result writes to the console or to memory."""
    sinks = [sink_format(file, write) for write in _queries_over(file, facts, call)]
    return bool(sinks) and all(sink in THROWAWAY_SINKS for sink in sinks)


def _queries_over(file: PythonFile, facts: Facts, call: Call) -> list[Write]:
    return [
        write
        for write in facts.writes(file)
        if write.streaming and any(step.node is call.node for step in write.frame.operations)
    ]


def _deduplication(file: PythonFile, call: Call, before: Frame, name: str) -> tuple[Severity, str] | None:
    if not before.has(*_MAY_SET_ONE):
        return Severity.HIGH, (
            f"`{call.name}` on {quoted(name)} keeps every key it has ever seen, because no `withWatermark` stands "
            "before it; set one and use `dropDuplicatesWithinWatermark`"
        )
    column = watermark_column(file, before)
    keys = constant_keys(file, call)
    if call.name == "dropDuplicatesWithinWatermark" or column is None or not keys or column in keys:
        return None
    return Severity.MEDIUM, (
        f"the keys of `{call.name}` leave out `{column}`, the column of the watermark, so no key is ever dropped from "
        "state; use `dropDuplicatesWithinWatermark`"
    )


def _window(file: PythonFile, facts: Facts, call: Call, name: str) -> tuple[Severity, str] | None:
    if not groups_by_window(call):
        return None
    modes = {write.mode for write in _queries_over(file, facts, call)}
    if modes == {"complete"}:
        return Severity.LOW, (
            f"complete mode keeps every window of {quoted(name)} in state for ever; write in update mode with a "
            "watermark where the table may hold the past"
        )
    return Severity.HIGH, (
        f"the windows of {quoted(name)} are never closed, because no `withWatermark` stands before `{call.name}`"
        + (": in append mode the query does not start" if modes == {"append"} else "; their state grows for ever")
    )
