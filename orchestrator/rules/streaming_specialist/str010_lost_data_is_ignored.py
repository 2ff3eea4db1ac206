"""A stream goes on when its source has lost rows, and nothing tells that they are missing.

What: `failOnDataLoss` set to false on a streaming read of Kafka, Event Hubs, Kinesis or Delta.

Why: when the broker or VACUUM removed rows before the stream read them, Spark would stop and say so; with the option it
skips them. The table has a hole, no run failed, and the rows may be gone for good by the time somebody counts.

Silent when: a comment of some words on the line or right above says why; the file is a test, an example or an
exploration.

Opt-in: a stream whose rows are worth nothing a day later may go on deliberately.

Source: Spark documentation, Structured Streaming and Kafka integration; Delta streaming reads.

Bad::

    orders = (
        spark.readStream.format("kafka")
        .option("subscribe", "orders")
        .option("failOnDataLoss", "false")
        .load()
    )

Bad: from a Delta table, with other options::

    orders = spark.readStream.options(failOnDataLoss=False, maxFilesPerTrigger=100).table("main.bronze.orders")

Good::

    orders = spark.readStream.format("kafka").option("subscribe", "orders").option("failOnDataLoss", "true").load()
    rates = spark.readStream.format("kafka").option("subscribe", "rates").load()

Good: with a reason::

    ticks = (
        spark.readStream.format("kafka")
        # Prices are only worth the last minute, gaps are filled by the next tick.
        .option("failOnDataLoss", "false")
        .load()
    )

Good: a test::

    # file: tests/test_stream.py
    def test_stream(spark):
        assert spark.readStream.format("kafka").option("failOnDataLoss", "false").load().isStreaming
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from orchestrator.code.reasons import has_reason
from orchestrator.rules.rule import Hit, Rule, Severity

if TYPE_CHECKING:
    from orchestrator.code.facts import Facts
    from orchestrator.code.python import PythonFile

RULE = Rule(
    id="STR010",
    name="lost-data-is-ignored",
    severity=Severity.MEDIUM,
    default=False,
    references=("https://spark.apache.org/docs/latest/structured-streaming-kafka-integration.html",),
)
_OPTION = "failondataloss"


@RULE.on_python
def check(file: PythonFile, facts: Facts) -> Iterator[Hit]:
    """Every streaming read that is told to go on."""
    if _OPTION not in file.source.text.lower() or not facts.role(file.path).is_serious:
        return
    for node in _switched_off(file):
        if not has_reason(file.source.lines, node.lineno):
            yield Hit(
                location=file.location(node),
                message="when the source has lost rows the stream skips them and nobody is told; leave "
                "`failOnDataLoss` on, and decide about a gap when there is one",
            )


def _switched_off(file: PythonFile) -> Iterator[ast.expr]:
    for call in file.calls_named("option"):
        value = call.argument(1, "value")
        name = file.string(call.argument(0, "key")) or ""
        if name.lower() == _OPTION and value is not None and str(file.constant(value)).lower() == "false":
            yield value
    for call in file.calls_named("options"):
        for given in call.node.keywords:
            if (given.arg or "").lower() == _OPTION and str(file.constant(given.value)).lower() == "false":
                yield given.value
