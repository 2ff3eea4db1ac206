"""Micro-batches: frames that `foreachBatch` hands to a function, in which a key may stand more than once."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from orchestrator.code.python import Call, PythonFile, as_call
from orchestrator.rules.delta_lake_expert._unique import UNIQUE_STEPS, is_narrowed

if TYPE_CHECKING:
    from orchestrator.code.facts import Facts
    from orchestrator.code.index import FunctionNode

_STATEFUL = frozenset({"applyInPandasWithState", "transformWithState", "transformWithStateInPandas", "applyInPandas"})
_UPDATED = re.compile(r"""outputMode\(\s*["'](update|complete)["']""", re.IGNORECASE)
_BATCH_ID = re.compile(r"^_?(micro_?)?(batch|epoch)_?(id|number)?$", re.IGNORECASE)


def batch_evidence(file: PythonFile, facts: Facts, argument: ast.arg) -> str | None:
    """Why the frame that a parameter holds can bring a key twice; None where it is no micro-batch or is aggregated."""
    function = file.function(argument)
    if function is None or argument.arg not in _own_parameters(function)[:1] or not is_batch_handler(file, function):
        return None
    if any(_keeps_state(file, facts, call) for call in _starts(file, function)):
        return None
    return "a micro-batch can bring several versions of a row"


def _starts(file: PythonFile, function: FunctionNode) -> Iterator[Call]:
    """The `foreachBatch` calls of the file that name the function."""
    for call in file.calls_named("foreachBatch"):
        for handler in call.node.args:
            name = handler.id if isinstance(handler, ast.Name) else getattr(handler, "attr", "")
            if name == function.name:
                yield call


def _keeps_state(file: PythonFile, facts: Facts, start: Call) -> bool:
    """Whether the stream aggregates, so that a batch holds each key once."""
    statement = file.statement(start.node)
    if statement is not None and _UPDATED.search(file.text(statement)):
        return True
    node = start.receiver
    while (call := as_call(node)) is not None:
        node = call.receiver
    frame = facts.frame(file, node)
    return frame.has(*UNIQUE_STEPS, *_STATEFUL) or is_narrowed(file, frame.operations)


def _own_parameters(function: FunctionNode) -> list[str]:
    return [argument.arg for argument in function.args.args if argument.arg not in {"self", "cls"}]


def is_batch_handler(file: PythonFile, function: FunctionNode) -> bool:
    """Whether the function is given to `foreachBatch`, by name or by its parameters."""
    names = _own_parameters(function)
    if len(names) != 2:
        return False
    if _BATCH_ID.match(names[1]) and names[1].lower() not in {"batch", "epoch"}:
        return True
    return any(True for _ in _starts(file, function))
