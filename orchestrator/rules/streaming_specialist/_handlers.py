"""Which functions `foreachBatch` runs: found through names, methods, closures, `partial`, lambdas and imports."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.code.frames import returned
from orchestrator.code.index import FunctionNode
from orchestrator.code.python import PythonFile, as_call
from orchestrator.code.scopes import Binding, BindingKind

if TYPE_CHECKING:
    from orchestrator.code.facts import Facts
    from orchestrator.code.writes import Write

MAX_DEPTH = 6
"""How many names, calls and closures one look-up goes through: real code stays under 4."""
_CALLED_DEPTH = 3


@dataclass(frozen=True, kw_only=True, eq=False)
class Handler:
    """A function that gets each micro-batch, and the functions of the same file that it calls."""

    file: PythonFile
    node: FunctionNode | ast.Lambda
    reach: frozenset[ast.AST]

    @property
    def name(self) -> str:
        """The handler's name for a message."""
        return "the lambda" if isinstance(self.node, ast.Lambda) else f"`{self.node.name}`"

    @property
    def batch_id(self) -> str | None:
        """The name of the parameter that gets the batch's number: the last one without a default."""
        arguments = [*self.node.args.posonlyargs, *self.node.args.args]
        given = arguments[: len(arguments) - len(self.node.args.defaults)]
        return given[-1].arg if len(given) > 1 else None

    def holds(self, node: ast.AST) -> bool:
        """Whether the node is run by the handler."""
        return any(parent in self.reach for parent in self.file.ancestors(node))


def handlers(file: PythonFile, facts: Facts, write: Write) -> Iterator[Handler]:
    """Every function that may handle the batches of a query; none where it cannot be found."""
    step = write.step("foreachBatch")
    given = step.argument(0, "func") if step is not None else None
    if given is None:
        return
    for found_file, node in _resolved(file, facts, given, 0):
        yield Handler(file=found_file, node=node, reach=frozenset(_reach(found_file, node)))


Found = tuple[PythonFile, FunctionNode | ast.Lambda]


def _resolved(file: PythonFile, facts: Facts, node: ast.expr, depth: int) -> Iterator[Found]:
    if depth > MAX_DEPTH:
        return
    if isinstance(node, ast.Lambda):
        yield file, node
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
        yield from _resolved(file, facts, binding.value, depth)
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
            yield from _resolved(file, facts, given, depth)


def _member(file: PythonFile, facts: Facts, node: ast.Attribute) -> Iterator[Found]:
    """A method of the class around, or a function of an imported module."""
    if isinstance(node.value, ast.Name) and node.value.id in file.imports:
        yield from _imported(facts, file.dotted(node) or "")
        return
    found = [function for function in _functions(file) if function.name == node.attr]
    if len(found) == 1:
        yield file, found[0]


def _made(file: PythonFile, facts: Facts, node: ast.Call, depth: int) -> Iterator[Found]:
    """What `partial(handler, ...)` wraps, or what a function returns that makes the handler."""
    call = as_call(node)
    if call is None:
        return
    if call.name == "partial" and node.args:
        yield from _resolved(file, facts, node.args[0], depth)
        return
    for made_in, maker in _resolved(file, facts, node.func, depth):
        if isinstance(maker, ast.Lambda):
            continue
        for value in returned(made_in, maker):
            if value is not None:
                yield from _resolved(made_in, facts, value, depth)


def _imported(facts: Facts, dotted: str) -> Iterator[Found]:
    """The function of another file of the project, where exactly one file has that module's name."""
    module, _, name = dotted.lstrip(".").rpartition(".")
    ending = module.replace(".", "/") + ".py"
    files = [file for file in facts.project.python if f"/{file.path}".endswith(f"/{ending}")] if module else []
    if len(files) == 1 and name in files[0].functions:
        yield files[0], files[0].functions[name]


def _functions(file: PythonFile) -> list[FunctionNode]:
    return [*file.nodes(ast.FunctionDef), *file.nodes(ast.AsyncFunctionDef)]


def _reach(file: PythonFile, handler: FunctionNode | ast.Lambda) -> set[ast.AST]:
    """The handler and the functions that it calls, by name or as methods of the same object."""
    found: set[ast.AST] = {handler}
    for _ in range(_CALLED_DEPTH):
        called = {
            file.functions[call.name]
            for call in file.calls
            if call.name in file.functions
            and (call.receiver is None or (isinstance(call.receiver, ast.Name) and call.receiver.id in {"self", "cls"}))
            and any(parent in found for parent in file.ancestors(call.node))
        }
        if called <= found:
            break
        found |= called
    return found
