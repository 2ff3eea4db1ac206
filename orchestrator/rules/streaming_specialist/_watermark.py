"""What is known of a stream's watermark, its keys and its windows."""

from __future__ import annotations

import ast
import re

from orchestrator.code.frames import Frame, RootKind
from orchestrator.code.python import Call, PythonFile, as_call

_FILTERS = frozenset({"filter", "where"})
_WINDOWS = frozenset({"window", "session_window"})


def is_stream(file: PythonFile, frame: Frame) -> bool:
    """Whether every source is a stream for certain, and no generator."""
    return bool(frame.roots) and all(
        root.streaming and root.kind in {RootKind.TABLE, RootKind.FILES} and file.string(root.format) != "rate"
        for root in frame.roots
    )


def watermark_column(file: PythonFile, before: Frame) -> str | None:
    """The column of the watermark where only filters stand between it and the end of the frame."""
    for operation in reversed(before.operations):
        if operation.name == "withWatermark":
            return file.string(operation.argument(0, "eventTime"))
        if operation.name not in _FILTERS:
            return None
    return None


def cleans_both(file: PythonFile, join: Call, marked: Frame) -> bool:
    """Whether the only watermark of a join may clean both of its sides, because its column is one of the keys.

    True as well where its column or the condition is not known.
    """
    step = marked.operation("withWatermark")
    column = file.string(step.argument(0, "eventTime")) if step is not None else None
    condition = join.argument(1, "on")
    if column is None or condition is None:
        return True
    text = file.pattern(condition) or file.text(file.value_of(condition) or condition)
    name = re.escape(column.rsplit(".", 1)[-1])
    if not re.search(r"[<>=]|between", text, re.IGNORECASE):
        return re.search(rf"\b{name}\b", text) is not None or not _is_spelt(file, condition)
    return re.search(rf"\b{name}\W{{0,3}}\s*(?<![<>!])==?|(?<![<>!])==?\s*[\w.(\"'\[]*\b{name}\b", text) is not None


def _is_spelt(file: PythonFile, condition: ast.expr) -> bool:
    """Whether the keys of a join are a text or a list of texts that are written out."""
    value = file.value_of(condition)
    given = value.elts if isinstance(value, ast.List | ast.Tuple) else [value]
    return all(one is not None and file.string(one) is not None for one in given)


def constant_keys(file: PythonFile, call: Call) -> set[str]:
    """The columns of `dropDuplicates`; none where they are not all constant."""
    given = call.argument(0, "subset")
    value = file.value_of(given) if given is not None else None
    if not isinstance(value, ast.List | ast.Tuple):
        return set()
    keys = {file.string(element) for element in value.elts}
    return set() if None in keys else {key for key in keys if key is not None}


def groups_by_window(call: Call) -> bool:
    """Whether one of the grouping columns is a window of time."""
    return any((inner := _unnamed(argument)) is not None and inner.name in _WINDOWS for argument in call.node.args)


def _unnamed(node: ast.expr) -> Call | None:
    """The call below `.alias(...)`."""
    call = as_call(node)
    while call is not None and call.name in {"alias", "name"}:
        call = as_call(call.receiver)
    return call
