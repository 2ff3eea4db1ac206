"""What is known of a stream's watermark, its keys and its windows."""

from __future__ import annotations

import ast

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
