"""Which function an expression stands for: through names, methods, closures, `partial`, parameters and imports."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from orchestrator.code.frames import returned
from orchestrator.code.index import FunctionNode
from orchestrator.code.python import PythonFile, as_call
from orchestrator.code.scopes import Binding, BindingKind

if TYPE_CHECKING:
    from orchestrator.code.facts import Facts

MAX_DEPTH = 6
"""How many names, calls and closures one look-up goes through: real code stays under 4."""

Found = tuple[PythonFile, FunctionNode | ast.Lambda]


def resolved(file: PythonFile, facts: Facts, node: ast.expr, depth: int = 0) -> Iterator[Found]:
    """The functions that an expression may stand for, each with the file that it stands in."""
    if depth > MAX_DEPTH:
        return
    if isinstance(node, ast.Lambda):
        yield file, node
        called = resolved(file, facts, node.body.func, depth + 1) if isinstance(node.body, ast.Call) else ()
        yield from (found for found in called if found[0] is not file)
    elif isinstance(node, ast.Name):
        for binding in file.definitions(node):
            yield from _bound(file, facts, binding, depth + 1)
    elif isinstance(node, ast.Attribute):
        yield from _member(file, facts, node)
    elif isinstance(node, ast.Call):
        yield from _made(file, facts, node, depth + 1)


def _bound(file: PythonFile, facts: Facts, binding: Binding, depth: int) -> Iterator[Found]:
    if isinstance(binding.node, FunctionNode):
        yield file, binding.node
    elif binding.kind is BindingKind.ASSIGN and binding.value is not None:
        yield from resolved(file, facts, binding.value, depth)
    elif binding.kind is BindingKind.IMPORT:
        yield from _imported(facts, file.imports.get(binding.name, ""))
    elif binding.kind is BindingKind.PARAMETER and isinstance(binding.node, ast.arg):
        yield from _passed(file, facts, binding.node, depth)


def _passed(file: PythonFile, facts: Facts, parameter: ast.arg, depth: int) -> Iterator[Found]:
    """What the calls in the file pass for a parameter."""
    function = file.function(parameter)
    if function is None:
        return
    names = [argument.arg for argument in (*function.args.posonlyargs, *function.args.args)]
    place = names.index(parameter.arg) if parameter.arg in names else -1
    shift = 1 if names[:1] in (["self"], ["cls"]) else 0
    for call in file.calls_named(function.name):
        given = call.argument(place - shift if place >= 0 else -1, parameter.arg)
        if given is not None:
            yield from resolved(file, facts, given, depth)


def _member(file: PythonFile, facts: Facts, node: ast.Attribute) -> Iterator[Found]:
    """A method of the class around, or a function of an imported module."""
    if isinstance(node.value, ast.Name) and node.value.id in file.imports:
        yield from _imported(facts, file.dotted(node) or "")
        return
    found = [function for function in _functions(file) if function.name == node.attr]
    around = _class_of(file, node)
    mine = [function for function in found if around is not None and _class_of(file, function) is around]
    chosen = mine or found
    if len(chosen) == 1:
        yield file, chosen[0]


def _class_of(file: PythonFile, node: ast.AST) -> ast.ClassDef | None:
    return next((parent for parent in file.ancestors(node) if isinstance(parent, ast.ClassDef)), None)


def _made(file: PythonFile, facts: Facts, node: ast.Call, depth: int) -> Iterator[Found]:
    """What `partial(handler, ...)` wraps, or what a function returns that makes the handler."""
    call = as_call(node)
    if call is None:
        return
    if call.name == "partial" and node.args:
        yield from resolved(file, facts, node.args[0], depth)
        return
    for made_in, maker in resolved(file, facts, node.func, depth):
        if isinstance(maker, ast.Lambda):
            continue
        for value in returned(made_in, maker):
            if value is not None:
                yield from resolved(made_in, facts, value, depth)


def _imported(facts: Facts, dotted: str) -> Iterator[Found]:
    """The function of another file of the project, where exactly one file has that module's name."""
    module, _, name = dotted.lstrip(".").rpartition(".")
    ending = module.replace(".", "/") + ".py"
    files = [file for file in facts.project.python if f"/{file.path}".endswith(f"/{ending}")] if module else []
    if len(files) == 1 and name in files[0].functions:
        yield files[0], files[0].functions[name]


def _functions(file: PythonFile) -> list[FunctionNode]:
    return [*file.nodes(ast.FunctionDef), *file.nodes(ast.AsyncFunctionDef)]
