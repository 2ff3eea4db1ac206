"""`functools.reduce` over a frame: a loop that carries the frame from value to value."""

from __future__ import annotations

import ast

from orchestrator.code.python import Call, PythonFile, as_call
from orchestrator.rules.pyspark_optimizer._loops import is_few, names_in


def growing_step(file: PythonFile, call: Call, growing: frozenset[str]) -> Call | None:
    """The first call of these names that a reduction repeats on the frame it carries; None where it is no such one.

    A reduction over a few known values does not count, nor one whose every turn changes the same column.
    """
    function = call.argument(0, "function")
    function = file.value_of(function) if function is not None else None
    values = call.argument(1, "sequence")
    if not isinstance(function, ast.Lambda) or len(function.args.args) != 2 or values is None:
        return None
    if len(call.node.args) < 3 or is_few(file, values):
        return None
    carried, value = (argument.arg for argument in function.args.args)
    found: Call | None = None
    node: ast.expr | None = function.body
    while (step := as_call(node)) is not None and step.receiver is not None:
        if step.name in growing and step.node.args and value in names_in(step.node.args[0]):
            found = step
        node = step.receiver
    return found if isinstance(node, ast.Name) and node.id == carried else None
