"""Frames that are sorted and then deduplicated, as if the sort decided which row of a key stays."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from orchestrator.code.python import Call, PythonFile, as_call

_KEPT = frozenset({"filter", "where", "select", "withColumn", "alias", "cache", "persist", "withColumnRenamed", "drop"})
"""Steps between a sort and a `dropDuplicates` that change nothing about the order."""


def is_sorted_before(file: PythonFile, call: Call) -> bool:
    """Whether the frame is sorted just before, with nothing between that would settle or undo the order."""
    node = call.receiver
    for _ in range(10):
        if isinstance(node, ast.Name):
            node = file.value_of(node)
        step = as_call(node)
        if step is None or step.receiver is None:
            return False
        if step.name in {"orderBy", "sort"}:
            return bool(step.node.args) and not _sorts_by_keys(file, step, call)
        if step.name not in _KEPT:
            return False
        node = step.receiver
    return False


def is_only_shown(file: PythonFile, call: Call) -> bool:
    """Whether somebody only looks at the result: `show()`, `display(...)`."""
    parent = file.parent(call.node)
    around = as_call(parent)
    shown = isinstance(parent, ast.Attribute) and parent.attr in {"show", "display"}
    return shown or (around is not None and around.receiver is None and around.name == "display")


def _sorts_by_keys(file: PythonFile, sort: Call, dedup: Call) -> bool:
    """Whether the sort names nothing but keys of the deduplication, so that it cannot choose among their rows."""
    keys = {name for given in dedup.node.args for name in _names(file, given)}
    names = [name for given in sort.node.args for name in _names(file, given)]
    return bool(names) and keys.issuperset(names)


def _names(file: PythonFile, node: ast.expr) -> Iterator[str]:
    """The constant texts of an expression: the columns that a list or `F.col(...).desc()` names."""
    for part in ast.walk(node):
        name = file.string(part) if isinstance(part, ast.Constant) else None
        if name is not None:
            yield name
