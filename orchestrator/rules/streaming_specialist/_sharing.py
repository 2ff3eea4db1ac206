"""Whether two queries, or two starts of one, use the same checkpoint."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from orchestrator.code.frames import RootKind
from orchestrator.code.index import FunctionNode
from orchestrator.code.python import PythonFile, as_call
from orchestrator.code.scopes import Binding, BindingKind
from orchestrator.rules.streaming_specialist._queries import checkpoint, leaves, parts, queries, shown_target

if TYPE_CHECKING:
    from orchestrator.code.facts import Facts
    from orchestrator.code.python import Call
    from orchestrator.code.writes import Write

_PLAIN = frozenset({"join", "format", "str", "replace", "strip", "rstrip", "lower", "get", "getArgument", "Path"})
"""Calls that give the same text for the same arguments: strings, widgets, settings."""


def repeated_by(file: PythonFile, write: Write) -> str | None:
    """What starts the query several times for different tables on one checkpoint, in a few words; None otherwise."""
    place = checkpoint(file, write)
    path, tables = leaves(file, place), leaves(file, write.target, *_sources(write))
    if place is None or path is None or not tables or _is_opaque(file, write, place):
        return None
    return _loop(file, write, path, tables) or _calls(file, write, path, tables)


def twin(file: PythonFile, facts: Facts, write: Write, others: list[Write]) -> str | None:
    """Another query on the same checkpoint, in a few words: of the file, or of another one if the path is constant."""
    path = file.pattern(checkpoint(file, write))
    if not path:
        return None
    mine = _bindings(file, write)
    for other in others:
        same = file.pattern(checkpoint(file, other)) == path and ("{" not in path or _bindings(file, other) == mine)
        if same and _differ(file, write, file, other) and _same_scope(file, write, other):
            return f"{shown_target(file, other)} in line {other.call.node.lineno}"
    return None if "{" in path else _elsewhere(file, facts, write, path)


def _bindings(file: PythonFile, write: Write) -> set[Binding]:
    """Every binding that the checkpoint's names go through: two of one text are one path where these are the same."""
    names = (node for node in parts(file, checkpoint(file, write)) if isinstance(node, ast.Name))
    return {binding for name in names for binding in file.definitions(name)}


def _elsewhere(file: PythonFile, facts: Facts, write: Write, path: str) -> str | None:
    for other_file in facts.project.python:
        if other_file is file or path not in other_file.source.text or not facts.role(other_file.path).is_serious:
            continue
        for other in queries(other_file, facts):
            same = other_file.string(checkpoint(other_file, other)) == path
            if same and _differ(file, write, other_file, other):
                return f"{shown_target(other_file, other)} in {other_file.path}"
    return None


def _differ(file: PythonFile, write: Write, other_file: PythonFile, other: Write) -> bool:
    """Whether the two are different queries for certain: their targets are known and differ."""
    first, second = file.pattern(write.target), other_file.pattern(other.target)
    return first is not None and second is not None and first != second


def _same_scope(file: PythonFile, write: Write, other: Write) -> bool:
    """Whether both queries run, and holes of the same text are the same value: one function, no opposite branches."""
    if file.function(write.call.node) is not file.function(other.call.node):
        return "{" not in (file.pattern(checkpoint(file, write)) or "{")
    return not _exclusive(file, write.call.node, other.call.node)


def _exclusive(file: PythonFile, first: ast.AST, second: ast.AST) -> bool:
    """Whether two nodes stand in different arms of one `if`, or `try`, or `match`."""
    around = [first, *file.ancestors(first)]
    others = [second, *file.ancestors(second)]
    shared = next((node for node in around if node in others), None)
    if not isinstance(shared, ast.If | ast.IfExp | ast.Try | ast.Match):
        return _leaves_early(file, first, second)
    return True


def _leaves_early(file: PythonFile, first: ast.AST, second: ast.AST) -> bool:
    """Whether a branch around one of the two ends in `return`, so that the other does not run after it."""
    return any(
        isinstance(parent, ast.If) and isinstance(parent.body[-1], ast.Return | ast.Raise | ast.Continue)
        for node in (first, second)
        for parent in file.ancestors(node)
    )


def _is_opaque(file: PythonFile, write: Write, place: ast.expr) -> bool:
    """Whether the path is an attribute, or made by a call beside the query: it may be another one each time."""
    if isinstance(place, ast.Attribute | ast.Subscript):
        return True
    made = (call for node in parts(file, place) if (call := as_call(node)) is not None)
    function = file.function(write.call.node)
    return any(call.name not in _PLAIN and file.function(call.node) is function for call in made)


def _sources(write: Write) -> list[ast.expr | None]:
    return [root.target for root in write.frame.roots if root.kind in {RootKind.TABLE, RootKind.FILES}]


def _loop(file: PythonFile, write: Write, path: set[Binding], tables: set[Binding]) -> str | None:
    around = set(file.ancestors(write.call.node))
    turning = {binding for binding in tables if binding.kind is BindingKind.LOOP and binding.node in around}
    nodes = {binding.node for binding in turning}
    if not turning or any(binding.node in nodes for binding in path) or not _is_known(path):
        return None
    names = ", ".join(sorted(f"`{binding.name}`" for binding in turning))
    return f"every {names} of the loop"


def _is_known(path: set[Binding]) -> bool:
    """Whether nothing in the path is bound by a call, a `with` or a loop, which may tell queries apart."""
    plain = {BindingKind.PARAMETER, BindingKind.IMPORT, BindingKind.DEFINITION}
    return all(binding.kind in plain for binding in path)


def _calls(file: PythonFile, write: Write, path: set[Binding], tables: set[Binding]) -> str | None:
    function = file.function(write.call.node)
    if function is None or not _is_known(path):
        return None
    places = {argument.arg: at for at, argument in enumerate(_positional(function))}
    calls = [call for call in file.calls_named(function.name) if not call.unpacks]
    shift = 1 if "self" in places or "cls" in places else 0
    varying = {name for name in places if _varies(file, calls, places[name] - shift, name)}
    given = {binding.name for binding in tables if binding.kind is BindingKind.PARAMETER}
    if not varying & given or varying & {binding.name for binding in path} or "self" in {b.name for b in path}:
        return None
    return f"every call of `{function.name}`"


def _positional(function: FunctionNode) -> list[ast.arg]:
    return [*function.args.posonlyargs, *function.args.args]


def _varies(file: PythonFile, calls: list[Call], place: int, name: str) -> bool:
    """Whether two calls pass different constants for a parameter."""
    passed = {file.pattern(argument) for call in calls if (argument := call.argument(place, name)) is not None}
    return len(passed - {None}) > 1
