"""Whether an exception handler lets a failure vanish: it neither raises nor records it where code can see it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from orchestrator.code.index import FunctionNode, LoopNode
from orchestrator.code.python import as_call

if TYPE_CHECKING:
    from orchestrator.code.python import PythonFile

_BROAD = frozenset({"Exception", "BaseException", "builtins.Exception"})
_TELLING = frozenset(
    {"print", "str", "repr", "type", "format", "format_exc", "print_exc", "print_exception", "warn", "warning", "error",
     "exception", "info", "debug", "critical", "log", "getLogger", "join", "now", "utcnow", "isoformat", "strftime",
     "get", "replace", "split", "strip", "upper", "lower", "len", "get_logger", "display", "exc_info", "flush"}
)  # fmt: skip
"""Calls that tell a person at most, and change nothing that other code reads."""
_INTENDED = re.compile(
    r"non[-_ ]?(fatal|critical|blocking)|best[-_ ]?effort|optional|ignor|not fatal|does(n't| not) matter|"
    r"never (fail|break|block)|must not (fail|break|block)|already exist|skip|fall ?back|harmless|"
    r"(?<!un)(intentional|expected)",
    re.IGNORECASE,
)
MAX_NODES = 2_000


def is_broad(file: PythonFile, handler: ast.ExceptHandler) -> bool:
    """Whether the handler catches every exception."""
    caught = handler.type
    if caught is None:
        return True
    kinds = caught.elts if isinstance(caught, ast.Tuple) else [caught]
    return any(file.dotted(kind) in _BROAD for kind in kinds)


def swallows(file: PythonFile, handler: ast.ExceptHandler) -> bool:
    """Whether nothing outside the handler can know that it ran, and nobody says that this is meant."""
    if _INTENDED.search(_text(file, handler)):
        return False
    for node in _nodes(handler.body):
        if isinstance(node, ast.Raise | ast.Assert | ast.Yield | ast.YieldFrom | ast.Await | ast.Delete | ast.With):
            return False
        if isinstance(node, ast.Call) and not _only_tells(node):
            return False
        if isinstance(node, ast.Return) and not _tells_nothing(file, handler, node):
            return False
        if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign) and _is_read(file, handler, node):
            return False
    return not _is_retried(file, handler)


def raises(handler: ast.ExceptHandler) -> bool:
    """Whether the handler raises, so that its caller may see the failure."""
    return any(isinstance(node, ast.Raise) for node in _nodes(handler.body))


def _text(file: PythonFile, handler: ast.ExceptHandler) -> str:
    """The handler with the comments in it, and the line above the `try`."""
    attempt = file.parent(handler)
    above = getattr(attempt, "lineno", handler.lineno) - 2
    lines = file.source.lines
    last = handler.end_lineno or handler.lineno
    return "\n".join([*lines[max(above, 0) : above + 1], *lines[handler.lineno - 1 : last]])


def _nodes(body: list[ast.stmt]) -> Iterator[ast.AST]:
    """The nodes of some statements, at most `MAX_NODES`, without functions inside them."""
    waiting: list[ast.AST] = list(body)
    for _ in range(MAX_NODES):
        if not waiting:
            return
        node = waiting.pop()
        yield node
        if not isinstance(node, FunctionNode | ast.Lambda | ast.ClassDef):
            waiting.extend(ast.iter_child_nodes(node))


def _only_tells(node: ast.Call) -> bool:
    call = as_call(node)
    return call is not None and call.name in _TELLING


def _tells_nothing(file: PythonFile, handler: ast.ExceptHandler, node: ast.Return) -> bool:
    """Whether the return gives None and the function gives nothing else either."""
    if node.value is not None and not (isinstance(node.value, ast.Constant) and node.value.value is None):
        return False
    function = file.function(handler)
    others = [
        other
        for other in file.nodes(ast.Return)
        if other is not node and file.function(other) is function and other.value is not None
    ]
    return not others


def _is_read(file: PythonFile, handler: ast.ExceptHandler, node: ast.Assign | ast.AugAssign | ast.AnnAssign) -> bool:
    """Whether what the handler assigns is read outside it: a counter, a list of failures, a status."""
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    names = {target.id for target in targets if isinstance(target, ast.Name)}
    if len(names) < len(targets):
        return True
    return any(
        use.id in names and isinstance(use.ctx, ast.Load) and handler not in file.ancestors(use)
        for use in file.nodes(ast.Name)
    )


def _is_retried(file: PythonFile, handler: ast.ExceptHandler) -> bool:
    """Whether the `try` stands in a loop that a success leaves: another attempt follows."""
    attempt = file.parent(handler)
    if not isinstance(attempt, ast.Try):
        return False
    leaves = any(isinstance(node, ast.Break | ast.Return) for node in _nodes([*attempt.body, *attempt.orelse]))
    around = any(isinstance(up, LoopNode) for up in file.ancestors(attempt))
    counted = any(isinstance(up, ast.While) for up in file.ancestors(attempt))
    return (leaves and around) or counted
