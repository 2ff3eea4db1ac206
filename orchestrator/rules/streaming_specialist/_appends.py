"""The writes of a `foreachBatch` handler that double their rows when a batch is run again."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.code.python import Call, PythonFile
from orchestrator.rules.streaming_specialist._guards import creates, is_guarded
from orchestrator.types import Location

if TYPE_CHECKING:
    from orchestrator.code.facts import Facts
    from orchestrator.code.sql import Statement
    from orchestrator.code.writes import Write
    from orchestrator.rules.streaming_specialist._handlers import Handler

_QUEUES = frozenset({"kafka", "eventhubs", "kinesis", "pubsub", "pulsar", "console", "noop", "memory", "rabbitmq"})
_KEYED = ("cassandra", "mongo", "elasticsearch", "opensearch", "redis", "hbase", "hudi", "cosmos", "dynamodb")
"""Stores that write by key, so that a row written twice is there once."""
_LOG = re.compile(r"(?:^|[._/])(?:\w*_)?(?:logs?|audits?|metrics?|monitoring|stats|telemetry)(?:_\w*)?$", re.IGNORECASE)
_ANTI = re.compile(r"\bNOT\s+EXISTS\b|\bANTI\s+JOIN\b|\bNOT\s+IN\s*\(", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Append:
    """One append; `target` is shown in a message, `by_writer` tells a DataFrame writer from an INSERT."""

    node: ast.AST
    location: Location
    target: str
    to_log: bool
    by_writer: bool
    to_delta: bool = True


def appends(handler: Handler, facts: Facts) -> Iterator[Append]:
    """The appends that a handler runs; none where something in it makes a second run harmless."""
    if is_guarded(handler):
        return
    file = handler.file
    for write in facts.writes(file):
        if handler.holds(write.call.node) and _doubles(file, write) and not creates(file, write.call.node):
            target = file.pattern(write.target)
            yield Append(
                node=write.call.node,
                location=file.call_location(write.call),
                target=f"`{target}`" if target else "its target",
                to_log=target is not None and _LOG.search(target) is not None,
                by_writer=True,
                to_delta=_format(file, write) == "delta" and write.verb != "jdbc",
            )
    yield from _inserts(handler)


def _inserts(handler: Handler) -> Iterator[Append]:
    for node, unit in handler.file.sql_units.items():
        if not handler.holds(node) or creates(handler.file, node):
            continue
        for statement in unit.statements:
            if not _inserts_again(statement):
                continue
            target = unit.template.source_of(statement.writes[0].start, statement.writes[0].end)
            yield Append(
                node=node,
                location=statement.location_of(statement.writes[0].start, statement.writes[0].end),
                target=f"`{target}`",
                to_log=_LOG.search(target) is not None,
                by_writer=False,
            )


def _inserts_again(statement: Statement) -> bool:
    from orchestrator.code.sql.changes import Insert

    if statement.kind != "INSERT" or not statement.writes or _ANTI.search(statement.text):
        return False
    details = statement.details
    return isinstance(details, Insert) and not (details.is_selective or details.overwrite or details.is_values)


def _doubles(file: PythonFile, write: Write) -> bool:
    if write.streaming or write.mode != "append" or write.open_ended:
        return False
    kind = _format(file, write)
    if (
        write.option("txnVersion") is not None
        or kind is None
        or kind in _QUEUES
        or any(name in kind for name in _KEYED)
    ):
        return False
    return not any(_is_harmless(file, call) for call in write.frame.operations)


def _is_harmless(file: PythonFile, call: Call) -> bool:
    """Whether an operation leaves only rows that the target lacks, or no rows at all."""
    if call.name == "join":
        return _is_anti(file, call.argument(2, "how"))
    return call.name == "limit" and file.constant(call.argument(0, "num")) == 0


def _is_anti(file: PythonFile, how: ast.expr | None) -> bool:
    return how is not None and "anti" in (file.string(how) or "anti")


def _format(file: PythonFile, write: Write) -> str | None:
    """The sink's format in lower case; None where it is not constant."""
    step = write.step("format")
    if write.verb in {"parquet", "csv", "json", "orc", "text", "jdbc"}:
        return write.verb
    given = step.argument(0, "source") if step is not None else write.call.argument(-1, "format")
    if given is None:
        return "delta"
    name = file.string(given)
    return name.lower() if name is not None else None
