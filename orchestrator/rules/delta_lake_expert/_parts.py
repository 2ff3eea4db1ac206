"""Sources that are put together of parts: unions, also over a list of frames, and files that others deliver."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from orchestrator.code.python import as_call

if TYPE_CHECKING:
    from orchestrator.code.frames import Root
    from orchestrator.code.python import PythonFile

UNIONS = frozenset({"union", "unionAll", "unionByName"})
UNITED = "it is a union, in which a key can stand once for each part"
_FEED_FORMATS = frozenset({"json", "csv", "avro", "xml", "text"})
"""Formats in which others deliver, as against those in which a job keeps its own results."""


def is_delivery(file: PythonFile, root: Root) -> bool:
    """Whether files are read in a format of deliveries, by `format(...)` or by the name of the ending call."""
    return bool(_FEED_FORMATS & {(file.string(root.format) or "").lower(), *(call.name for call in root.reader)})


def is_reduced_union(file: PythonFile, node: ast.AST) -> bool:
    """Whether an expression is a union over a list of frames: `reduce(DataFrame.unionByName, frames)`."""
    call = as_call(node)
    if call is None or call.name != "reduce" or not call.node.args:
        return False
    return any(f".{name}" in file.text(call.node.args[0]) for name in UNIONS)
