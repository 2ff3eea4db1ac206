"""A streaming query without a checkpoint cannot start, or begins from nothing at every restart.

What: a `writeStream` that is started without `checkpointLocation`.

Why: for a table or a file sink Spark refuses to start the query. For `foreachBatch` and `foreach` it does start, on a
checkpoint in a temporary folder: after every restart the query forgets what it has read and hands the whole source, or
what is new from now on, to the handler again. Rows are doubled or lost, and nothing fails.

Silent when: the sink is memory, console or noop, which keep nothing, or a handler that only shows its batch; a query
with a handler ends by itself (`availableNow`, `once`), reads something else than Auto Loader and appends nothing, so
that it may mean to read everything each time; options come from a variable (`options(**given)`, `trigger(**given)`) or
the writer from elsewhere; some branch sets the checkpoint; the project sets `spark.sql.streaming.checkpointLocation`; a
declarative pipeline manages the file; it is a test.

Source: Databricks documentation, Structured Streaming checkpoints; Spark, `DataStreamWriter`, default locations.

Bad::

    (spark.readStream.table("main.bronze.orders")
        .writeStream.trigger(availableNow=True)
        .toTable("main.silver.orders"))

Bad: it starts, and forgets::

    def upsert(batch, batch_id):
        merge_into_orders(batch)

    stream = spark.readStream.table("main.bronze.orders")
    query = stream.writeStream.foreachBatch(upsert).start()

Bad: run once, and appended again at every run::

    def append(batch, batch_id):
        batch.write.mode("append").saveAsTable("main.silver.orders")

    stream = spark.readStream.table("main.bronze.orders")
    stream.writeStream.trigger(availableNow=True).foreachBatch(append).start()

Bad: a writer built in steps::

    writer = spark.readStream.table("main.bronze.orders").writeStream
    writer = writer.format("delta").outputMode("append")
    writer.start("/Volumes/main/silver/files/orders")

Good::

    (spark.readStream.table("main.bronze.orders")
        .writeStream.option("checkpointLocation", "/Volumes/main/ops/checkpoints/orders")
        .toTable("main.silver.orders"))

Good: by keyword, and in another case::

    stream = spark.readStream.table("main.bronze.orders")
    stream.writeStream.toTable("main.silver.orders", checkpointLocation=f"{root}/orders")
    stream.writeStream.options(checkpointlocation=f"{root}/copy").toTable("main.silver.orders_copy")

Good: sinks that keep nothing::

    rates = spark.readStream.format("rate").load()
    rates.writeStream.format("console").start()
    rates.writeStream.format("memory").queryName("rates").start()

Good: a handler that only shows::

    rates = spark.readStream.format("rate").load()
    rates.writeStream.foreachBatch(lambda batch, number: batch.show(5)).start()

Good: a batch in disguise, which reads everything each time::

    def check(batch, batch_id):
        validate(batch)

    spark.readStream.table("main.bronze.orders").writeStream.trigger(availableNow=True).foreachBatch(check).start()

Good: options from a variable::

    stream = spark.readStream.table("main.bronze.orders")
    stream.writeStream.options(**settings).toTable("main.silver.orders")

Good: an option whose name is not known::

    stream = spark.readStream.table("main.bronze.orders")
    stream.writeStream.option(key, value).toTable("main.silver.orders")

Good: a branch sets it::

    writer = spark.readStream.table("main.bronze.orders").writeStream
    if checkpoint:
        writer = writer.option("checkpointLocation", checkpoint)
    else:
        writer = writer.format("console")
    writer.start()

Good: a writer from elsewhere, an unknown format::

    def run(writer, stream, kind):
        writer.writeStream(stream).start()
        stream.writeStream.format(kind).start()

Good: the session has a root for checkpoints::

    spark.conf.set("spark.sql.streaming.checkpointLocation", "/Volumes/main/ops/checkpoints")
    spark.readStream.table("main.bronze.orders").writeStream.toTable("main.silver.orders")

Good: the cluster has one::

    # file: databricks.yml
    bundle:
      name: orders
    resources:
      jobs:
        load:
          job_clusters:
            - job_cluster_key: main
              new_cluster:
                spark_conf:
                  spark.sql.streaming.checkpointLocation: /Volumes/main/ops/checkpoints
    # file: src/load.py
    spark.readStream.table("main.bronze.orders").writeStream.toTable("main.silver.orders")

Good: a test::

    # file: tests/test_orders.py
    def test_orders(spark, handler):
        spark.readStream.table("orders").writeStream.foreachBatch(handler).start()
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from orchestrator.code.facts import Facts
from orchestrator.code.frames import option_of
from orchestrator.code.python import Call, PythonFile
from orchestrator.code.roles import Role
from orchestrator.code.writes import Write
from orchestrator.rules.rule import Hit, Rule, Severity
from orchestrator.rules.streaming_specialist._appends import appends
from orchestrator.rules.streaming_specialist._handlers import Handler, handlers
from orchestrator.rules.streaming_specialist._queries import (
    THROWAWAY_SINKS,
    builder_calls,
    queries,
    shown_target,
    sink_format,
)

RULE = Rule(
    id="STR001",
    name="no-checkpoint",
    severity=Severity.HIGH,
    default=True,
    references=("https://docs.databricks.com/aws/en/structured-streaming/checkpoints",),
)
_SHOWS = re.compile(r"\.show\(|\bdisplay\(|\bprint\(")
_KEEPS = re.compile(
    r"write|save|insert|merge|execute|upsert|send|put|post|produce|append|partition|process", re.IGNORECASE
)
_SESSION_DEFAULT = "spark.sql.streaming.checkpointLocation"


@RULE.on_python
def check(file: PythonFile, facts: Facts) -> Iterator[Hit]:
    """Each query that is started without a checkpoint."""
    role = facts.role(file.path)
    if "writeStream" not in file.source.text or role is Role.TEST:
        return
    for write in queries(file, facts):
        if not _lacks_checkpoint(file, write) or _needs_none(file, facts, write) or _session_has_one(facts):
            continue
        yield Hit(
            location=file.call_location(write.call),
            message=f"{shown_target(file, write)} has no `checkpointLocation`: {_effect(write)}; "
            "give it a checkpoint folder of its own",
            severity=Severity.HIGH if role.is_serious else Severity.MEDIUM,
        )


def _lacks_checkpoint(file: PythonFile, write: Write) -> bool:
    calls = builder_calls(file, write)
    if calls is None or write.open_ended or any(call.unpacks for call in calls):
        return False
    if option_of(calls, "checkpointLocation") is not None or any(_may_name_it(file, call) for call in calls):
        return False
    kind = sink_format(file, write)
    return kind is not None and kind not in THROWAWAY_SINKS


def _may_name_it(file: PythonFile, call: Call) -> bool:
    """Whether an `option` has a name that is no literal, which may be the checkpoint's."""
    name = call.argument(0, "key") if call.name == "option" else None
    if name is None or isinstance(name, ast.Constant):
        return False
    text = file.string(name)
    return text is None or text.lower() == "checkpointlocation"


def _needs_none(file: PythonFile, facts: Facts, write: Write) -> bool:
    """Whether the query's handlers keep nothing, or it is meant to read everything each time."""
    if write.step("foreachBatch") is None:
        return False
    found = list(handlers(file, facts, write))
    return _only_shows(found) or (
        _runs_once(file, write) and not any(True for handler in found for _ in appends(handler, facts))
    )


def _only_shows(found: list[Handler]) -> bool:
    """Whether the handlers print their batch and hand it to nothing else."""
    texts = [handler.file.text(node) for handler in found for node in handler.reach]
    return bool(texts) and any(_SHOWS.search(text) for text in texts) and not any(_KEEPS.search(text) for text in texts)


def _runs_once(file: PythonFile, write: Write) -> bool:
    """Whether the query ends by itself; one of Auto Loader's is there to read only what is new."""
    trigger = write.step("trigger")
    if trigger is None or not {"once", "availableNow"} & {given.arg for given in trigger.node.keywords}:
        return False
    return not any((file.string(root.format) or "").lower() == "cloudfiles" for root in write.frame.roots)


def _effect(write: Write) -> str:
    if write.step("foreachBatch") is not None or write.step("foreach") is not None:
        return "it runs on a temporary one and forgets at every restart what it has read"
    return "Spark refuses to start it"


def _session_has_one(facts: Facts) -> bool:
    return any(_SESSION_DEFAULT in source.text for source in facts.project.sources)
