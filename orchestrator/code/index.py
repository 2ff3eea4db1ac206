"""One walk over a syntax tree: nodes by type and the parent of each."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeVar, cast

NodeT = TypeVar("NodeT", bound=ast.AST)

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef
ScopeNode = ast.Module | ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef
LoopNode = ast.For | ast.AsyncFor | ast.While
ComprehensionNode = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp

_LEAVES = (ast.expr_context, ast.operator, ast.unaryop, ast.cmpop, ast.boolop)
_fields: dict[type[ast.AST], tuple[str, ...]] = {}


def _child_fields(kind: type[ast.AST]) -> tuple[str, ...]:
    found = _fields.get(kind)
    if found is None:
        found = tuple(name for name in reversed(kind._fields) if name not in {"ctx", "op", "ops", "type_comment"})
        _fields[kind] = found
    return found


@dataclass(frozen=True)
class TreeIndex:
    """The nodes of a tree by type, in source order, with a way up."""

    by_type: dict[type[ast.AST], list[ast.AST]] = field(default_factory=lambda: defaultdict(list))
    parents: dict[ast.AST, ast.AST] = field(default_factory=dict)

    def all(self, kind: type[NodeT]) -> list[NodeT]:
        """Every node of exactly that type, in source order."""
        return cast("list[NodeT]", self.by_type.get(kind, []))

    def ancestors(self, node: ast.AST) -> Iterator[ast.AST]:
        """The parents of a node, nearest first."""
        current = self.parents.get(node)
        while current is not None:
            yield current
            current = self.parents.get(current)


def index_tree(tree: ast.AST) -> TreeIndex:
    """The index of a tree, built without recursion so that deep code cannot exhaust the stack."""
    index = TreeIndex()
    by_type, parents = index.by_type, index.parents
    stack: list[ast.AST] = [tree]
    while stack:
        node = stack.pop()
        by_type[type(node)].append(node)
        for child in _children(node):
            parents[child] = node
            stack.append(child)
    return index


def _children(node: ast.AST) -> list[ast.AST]:
    """The nodes directly inside a node, last first, without contexts and operators."""
    found: list[ast.AST] = []
    for name in _child_fields(type(node)):
        value = getattr(node, name, None)
        if isinstance(value, list):
            found.extend(item for item in reversed(value) if isinstance(item, ast.AST))
        elif isinstance(value, ast.AST) and not isinstance(value, _LEAVES):
            found.append(value)
    return found
