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

_PLAIN = frozenset(
    {"ctx", "op", "ops", "type_comment", "id", "attr", "arg", "name", "asname", "level", "module", "kind", "conversion",
     "is_async", "simple", "type_ignores", "rest", "kwd_attrs"}
)  # fmt: skip
"""Fields that hold no node worth indexing: text, numbers, contexts and operators."""
_fields: dict[type[ast.AST], tuple[str, ...]] = {}


def _child_fields(kind: type[ast.AST]) -> tuple[str, ...]:
    found = _fields.get(kind)
    if found is None:
        names = () if kind is ast.Constant else kind._fields
        found = tuple(name for name in reversed(names) if name not in _PLAIN)
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
        if value.__class__ is list:
            found.extend(item for item in reversed(value) if isinstance(item, ast.AST))
        elif value is not None and isinstance(value, ast.AST):
            found.append(value)
    return found
