"""Where the data of a split comes from: the steps that were fitted on all of it before."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import NamedTuple

from orchestrator.code.python import Call, PythonFile, as_call
from orchestrator.code.scopes import BindingKind
from orchestrator.rules.ml_pipeline_architect._steps import Fit, fitted

_WRAPPERS = frozenset({"DataFrame", "array", "asarray", "csr_matrix", "hstack", "concat", "concatenate"})
_SAME = frozenset(
    {"copy", "drop", "astype", "to_numpy", "toarray", "reset_index", "reindex", "fillna", "join", "dropna"}
)
_DEPTH = 25


def fits_before(file: PythonFile, split: Call) -> Iterator[Fit]:
    """The steps that were fitted on what the split divides, nearest first, each once."""
    search = _Search(file, split, set())
    for given in split.node.args:
        yield from _sources(search, given, _DEPTH)


class _Search(NamedTuple):
    """One search for fits: expressions that were looked at are not looked at again, however often they are used."""

    file: PythonFile
    split: Call
    seen: set[ast.AST]


def _sources(search: _Search, node: ast.expr, depth: int) -> Iterator[Fit]:
    """The fits behind an expression, through names, columns, copies and frames made of it."""
    if depth == 0 or node in search.seen:
        return
    search.seen.add(node)
    if isinstance(node, ast.Subscript | ast.Attribute):
        yield from _sources(search, node.value, depth - 1)
    elif isinstance(node, ast.Name):
        yield from _of_name(search, node, depth)
    elif isinstance(node, ast.Call):
        yield from _of_call(search, node, depth)


def _of_call(search: _Search, node: ast.Call, depth: int) -> Iterator[Fit]:
    fit = fitted(search.file, node)
    if fit is not None:
        yield fit
        return
    call = as_call(node)
    if call is not None and call.name in _WRAPPERS:
        for given in node.args[:1]:
            for part in given.elts if isinstance(given, ast.List | ast.Tuple) else [given]:
                yield from _sources(search, part, depth - 1)
    elif call is not None and call.name in _SAME and call.receiver is not None:
        yield from _sources(search, call.receiver, depth - 1)


def _of_name(search: _Search, name: ast.Name, depth: int) -> Iterator[Fit]:
    """The fits in the definition of a name, and in assignments to columns of it that stand before the split."""
    file, split = search.file, search.split
    found = file.definitions(name)
    if len(found) != 1 or found[0].kind not in {BindingKind.ASSIGN, BindingKind.UNPACK}:
        return
    binding = found[0]
    if binding.node in search.seen:
        return
    search.seen.add(binding.node)
    for target, value in _columns(file, name.id):
        after = getattr(binding.node, "lineno", 0) <= target.lineno < split.node.lineno
        if after and file.function(target) is file.function(split.node):
            fit = fitted(file, value)
            if fit is not None:
                yield fit
    if binding.value is not None:
        yield from _sources(search, binding.value, depth - 1)


def _columns(file: PythonFile, name: str) -> Iterator[tuple[ast.Subscript, ast.expr]]:
    """The assignments to columns of a frame: `frame[...] = value` and `frame.loc[...] = value`."""
    for statement in file.nodes(ast.Assign):
        for target in statement.targets:
            if not isinstance(target, ast.Subscript):
                continue
            base = target.value.value if isinstance(target.value, ast.Attribute) else target.value
            if isinstance(base, ast.Name) and base.id == name:
                yield target, statement.value


def measures_later(file: PythonFile, split: Call) -> bool:
    """Whether the second part of a split is read anywhere; True where the parts are not simply named.

    Who throws the first part away only draws a sample.
    """
    statement = file.parent(split.node)
    target = statement.targets[0] if isinstance(statement, ast.Assign) else None
    parts = target.elts if isinstance(target, ast.Tuple | ast.List) else []
    if len(parts) < 2 or not isinstance(parts[1], ast.Name):
        return True
    if isinstance(parts[0], ast.Name) and parts[0].id.startswith("_"):
        return False
    name = parts[1].id
    return any(
        each.id == name and isinstance(each.ctx, ast.Load) and each.lineno > split.node.lineno
        for each in file.nodes(ast.Name)
    )
