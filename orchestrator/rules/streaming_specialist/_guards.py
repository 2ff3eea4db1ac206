"""What makes a second run of a `foreachBatch` handler harmless."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from orchestrator.code.python import PythonFile

if TYPE_CHECKING:
    from orchestrator.rules.streaming_specialist._handlers import Handler

_EXISTENCE = re.compile(r"exist|isDeltaTable|is_delta_table|first_batch", re.IGNORECASE)


def is_guarded(handler: Handler) -> bool:
    """Whether the handler sets a transaction on the session, deletes before it inserts, or asks for the number."""
    file = handler.file
    texts = [file.text(node) for node in handler.reach]
    if any("txnVersion" in text and ".conf.set" in text for text in texts) or _deletes(handler):
        return True
    return _asks_for_number(handler)


def creates(file: PythonFile, node: ast.AST) -> bool:
    """Whether a write stands below a question for the table's existence: it makes what later batches merge into."""
    tests = (parent.test for parent in file.ancestors(node) if isinstance(parent, ast.If))
    return any(_EXISTENCE.search(file.text(test)) for test in tests)


def _deletes(handler: Handler) -> bool:
    file = handler.file
    if any(handler.holds(call.node) and call.receiver is not None for call in file.calls_named("delete")):
        return True
    return any(
        statement.kind in {"DELETE", "TRUNCATE"}
        for node, unit in file.sql_units.items()
        if handler.holds(node)
        for statement in unit.statements
    )


def _asks_for_number(handler: Handler) -> bool:
    """Whether a condition in the handler reads the batch's number."""
    numbers = handler.numbers
    return any(
        name.id in numbers and handler.holds(name) and _is_in_condition(handler.file, name)
        for name in handler.file.nodes(ast.Name)
    )


def _is_in_condition(file: PythonFile, name: ast.Name) -> bool:
    child: ast.AST = name
    for parent in file.ancestors(name):
        if isinstance(parent, ast.If | ast.IfExp | ast.While) and child is parent.test:
            return True
        child = parent
    return False
