"""Searches for hyperparameters: the calls that run them, and the function that each tries again and again."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import NamedTuple

from orchestrator.code.index import FunctionNode
from orchestrator.code.python import Call, PythonFile, as_call

_OPTUNA = "optimize"
_HYPEROPT = "fmin"


class Search(NamedTuple):
    """One search; `objective` is the function that it tries, None where the file does not define it."""

    call: Call
    library: str
    objective: FunctionNode | None


def searches(file: PythonFile) -> Iterator[Search]:
    """Every `study.optimize(...)` of Optuna and every `fmin(...)` of Hyperopt."""
    if file.imports_any("optuna"):
        for call in file.calls_named(_OPTUNA):
            if _is_study(file, call.receiver):
                yield Search(call, "optuna", _function(file, call.argument(0, "func")))
    if file.imports_any("hyperopt"):
        for call in file.calls_named(_HYPEROPT):
            yield Search(call, "hyperopt", _function(file, call.argument(0, "fn")))


def _is_study(file: PythonFile, receiver: ast.expr | None) -> bool:
    if isinstance(receiver, ast.Attribute):
        return "study" in receiver.attr.lower()
    if isinstance(receiver, ast.Name) and "study" in receiver.id.lower():
        return True
    made = as_call(file.value_of(receiver)) if receiver is not None else None
    return made is not None and made.name in {"create_study", "load_study"}


def _function(file: PythonFile, node: ast.expr | None) -> FunctionNode | None:
    """The function behind a name, a method, a `partial` or a lambda that only calls it."""
    if isinstance(node, ast.Name) and node.id not in file.functions:
        node = file.value_of(node)
    if isinstance(node, ast.Lambda):
        node = node.body
    if isinstance(node, ast.Call):
        called = as_call(node)
        node = called.argument(0, "func") if called is not None and called.name == "partial" else node.func
    name = node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
    return file.functions.get(name)
