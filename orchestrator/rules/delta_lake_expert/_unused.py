"""Assignments of a function whose names nothing reads."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from orchestrator.code.index import FunctionNode


def unused_assignments(function: FunctionNode) -> frozenset[ast.Assign]:
    """The assignments of plain names that only other unused assignments read, if anything does."""
    nodes = list(ast.walk(function))
    named = {node: names for node in nodes if isinstance(node, ast.Assign) and (names := _names(node))}
    owner = {id(part): node for node in named for part in ast.walk(node.value)}
    reads = [node for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)]
    unused: set[ast.Assign] = set()
    while True:
        read = {node.id for node in reads if owner.get(id(node)) not in unused}
        found = {node for node, names in named.items() if not names & read} - unused
        if not found:
            return frozenset(unused)
        unused |= found


def _names(assign: ast.Assign) -> set[str]:
    """The names that an assignment binds; none where it binds anything else besides."""
    names = {target.id for target in assign.targets if isinstance(target, ast.Name)}
    return names if len(names) == len(assign.targets) else set()
