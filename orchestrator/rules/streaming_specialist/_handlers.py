"""Which functions `foreachBatch` runs, and what they call in turn."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.code.index import FunctionNode
from orchestrator.code.python import PythonFile
from orchestrator.rules.streaming_specialist._resolving import resolved

if TYPE_CHECKING:
    from orchestrator.code.facts import Facts
    from orchestrator.code.writes import Write

_CALLED_DEPTH = 3
_NUMBER = re.compile(r"batch_?(?:id|no|num)|epoch", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True, eq=False)
class Handler:
    """A function that gets each micro-batch, and the functions of the same file that it calls."""

    file: PythonFile
    node: FunctionNode | ast.Lambda
    reach: frozenset[ast.AST]

    @property
    def batch_id(self) -> str | None:
        """The name of the parameter that gets the batch's number: the second one, `self` aside."""
        names = parameters(self.node)
        return names[1] if len(names) > 1 else None

    @property
    def numbers(self) -> frozenset[str]:
        """The names that the batch's number has in the handler and, by their sound, in what it calls."""
        called = {name for node in self.reach for name in parameters(node) if _NUMBER.search(name)}
        return frozenset(called | ({self.batch_id} if self.batch_id else set()))

    def holds(self, node: ast.AST) -> bool:
        """Whether the node is run by the handler."""
        return any(parent in self.reach for parent in self.file.ancestors(node))


def parameters(node: ast.AST) -> list[str]:
    """The names of a function's positional parameters, `self` and `cls` aside."""
    if not isinstance(node, FunctionNode | ast.Lambda):
        return []
    names = [argument.arg for argument in (*node.args.posonlyargs, *node.args.args)]
    return names[1:] if names[:1] in (["self"], ["cls"]) else names


def handlers(file: PythonFile, facts: Facts, write: Write) -> Iterator[Handler]:
    """Every function that may handle the batches of a query; none where it cannot be found."""
    step = write.step("foreachBatch")
    given = step.argument(0, "func") if step is not None else None
    if given is None:
        return
    for found_file, node in resolved(file, facts, given):
        yield Handler(file=found_file, node=node, reach=frozenset(_reach(found_file, node)))


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
