"""Paths as literals in Python: told from texts that only speak of a path."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

from orchestrator.rules.unity_catalog_expert._storage import HINTS, legacy_path

if TYPE_CHECKING:
    from orchestrator.code.python import PythonFile

_HANDLING = frozenset(
    {
        "startswith", "endswith", "replace", "removeprefix", "removesuffix", "lstrip", "strip", "split", "match", "sub",
        "fullmatch", "search", "compile", "find", "index", "len", "print", "debug", "info", "warning", "warn", "error",
        "exception", "critical", "log", "add_argument", "displayHTML", "unmount",
    }
)  # fmt: skip
"""Calls that look at a path, rewrite it or show it."""
_PROSE = frozenset({"help", "description", "doc", "message", "msg", "example", "examples", "title", "label"})
_SPARK = ("pyspark", "databricks", "delta", "dlt")


_GOVERNED = re.compile(r"\buc\b|uc_enabled|is_uc|use_uc|unity|volume", re.IGNORECASE)


def paths_used(file: PythonFile) -> Iterator[tuple[str, ast.expr]]:
    """Each literal path in the DBFS root or in a mount that the code goes to, and the node that holds it."""
    for node in file.nodes(ast.Constant):
        path = _path(file, node)
        if path is not None and _is_used(file, node) and _is_ours(file, path):
            yield path, _anchor(file, node)


def _path(file: PythonFile, node: ast.Constant) -> str | None:
    if not isinstance(node.value, str) or not node.value.lower().startswith((*HINTS, "file:/dbfs/")):
        return None
    parent = file.parent(node)
    is_start = (isinstance(parent, ast.JoinedStr) and parent.values[0] is node and len(parent.values) > 1) or (
        isinstance(parent, ast.BinOp) and parent.left is node
    )
    return legacy_path(node.value, whole=not is_start)


def _anchor(file: PythonFile, node: ast.Constant) -> ast.expr:
    parent = file.parent(node)
    return parent if isinstance(parent, ast.JoinedStr) else node


def _is_used(file: PythonFile, node: ast.Constant) -> bool:
    """Whether the literal is a path that the code goes to, not one that it talks about, tests or rewrites."""
    around = [node, *file.ancestors(node)]
    if any(_is_talk(parent, child) or _is_choice(file, parent) for child, parent in pairwise(around)):
        return False
    return not _rewrites(file, node)


def _is_choice(file: PythonFile, parent: ast.AST) -> bool:
    """Whether a branch decides between Unity Catalog and a workspace without it."""
    return isinstance(parent, ast.If | ast.IfExp) and _GOVERNED.search(file.text(parent.test)) is not None


def _is_talk(parent: ast.AST, child: ast.AST) -> bool:
    """Whether a node makes of its literal a message, a pattern or a comparison."""
    if isinstance(parent, ast.Compare | ast.Expr):
        return not isinstance(child, ast.Call)
    if isinstance(parent, ast.keyword):
        return parent.arg in _PROSE
    if isinstance(parent, ast.Call):
        return _name(parent) in _HANDLING
    return isinstance(parent, ast.Raise | ast.Assert)


def _name(call: ast.Call) -> str:
    if isinstance(call.func, ast.Attribute):
        return call.func.attr
    return call.func.id if isinstance(call.func, ast.Name) else ""


def _rewrites(file: PythonFile, node: ast.AST) -> bool:
    """Whether the function around a literal tests paths for their scheme."""
    function = file.function(node)
    for call in file.calls_named("startswith", "removeprefix", "replace", "match"):
        argument = call.argument(0, "prefix")
        inner = argument.elts[0] if isinstance(argument, ast.Tuple) and argument.elts else argument
        tested = file.string(inner) or ""
        if function is file.function(call.node) and tested.lstrip("^").startswith(("dbfs:", "/dbfs", "/mnt")):
            return True
    return False


def _is_ours(file: PythonFile, path: str) -> bool:
    """Whether a path means Databricks: `/mnt/` is a folder of many machines."""
    if not path.startswith("/mnt/") or file.notebook is not None or file.imports_any(*_SPARK):
        return True
    return any(hint in file.source.text for hint in ("spark.", "dbutils.", ".write.", ".writeStream."))
