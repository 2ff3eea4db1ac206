"""Names and what they are bound to: which definitions may reach a use."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from orchestrator.code.index import (
    ComprehensionNode,
    FunctionNode,
    LoopNode,
    ScopeNode,
    TreeIndex,
)

Position = tuple[int, int]
_SIMPLE = (ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Expr, ast.Return)
"""Statements that hold no other statement and make no scope."""
_BRANCHES = (ast.If, ast.Try, ast.For, ast.AsyncFor, ast.While, ast.ExceptHandler, ast.match_case)


class BindingKind(StrEnum):
    """How a name got its value."""

    ASSIGN = "assign"
    AUGMENT = "augment"
    UNPACK = "unpack"
    LOOP = "loop"
    WITH = "with"
    PARAMETER = "parameter"
    IMPORT = "import"
    DEFINITION = "definition"
    OTHER = "other"


class Binding(NamedTuple):
    """One place where a name gets a value.

    `value` is the assigned expression, the iterated one for `LOOP`, the context manager for `WITH`,
    the default for `PARAMETER`; `effective` is the position from which a use sees it.
    """

    name: str
    node: ast.AST
    value: ast.expr | None
    kind: BindingKind
    effective: Position


def position(node: ast.AST) -> Position:
    """Where a node begins, (line, column); (0, 0) for a node without a place."""
    return getattr(node, "lineno", 0), getattr(node, "col_offset", 0)


def end_position(node: ast.AST) -> Position:
    """Where a node ends, (line, column)."""
    return getattr(node, "end_lineno", 0) or 0, getattr(node, "end_col_offset", 0) or 0


@dataclass(frozen=True)
class Scopes:
    """The bindings of one tree, gathered when first asked for."""

    tree: ast.Module
    index: TreeIndex
    _statements: dict[ast.stmt, ScopeNode] = field(default_factory=dict)

    def scope_of(self, node: ast.AST) -> ScopeNode:
        """The function, lambda, class body or module whose names the node sees first."""
        child = node
        for parent in self.index.ancestors(node):
            if isinstance(parent, _SIMPLE):
                return self._scope_of_statement(parent)
            scope = self._scope_above(parent, child)
            if scope is not None:
                return scope
            child = parent
        return self.tree

    def _scope_of_statement(self, statement: ast.stmt) -> ScopeNode:
        """The scope of a statement, remembered, because many names stand in one."""
        known = self._statements.get(statement)
        if known is None:
            known = self._statements[statement] = self.scope_of(statement)
        return known

    def _scope_above(self, parent: ast.AST, child: ast.AST) -> ScopeNode | None:
        """The parent's scope where the child stands inside of it: a body, or the parameters of a function."""
        if isinstance(parent, ast.Module | ast.Lambda):
            return parent
        if isinstance(parent, FunctionNode | ast.ClassDef) and child in parent.body:
            return parent
        if isinstance(parent, FunctionNode | ast.arguments) and isinstance(child, ast.arg | ast.arguments):
            function = parent if isinstance(parent, FunctionNode) else self.index.parents[parent]
            return function if isinstance(function, ScopeNode) else self.tree
        return None

    @cached_property
    def bindings(self) -> dict[ScopeNode, dict[str, list[Binding]]]:
        """Every binding by scope and name, in source order."""
        table: dict[ScopeNode, dict[str, list[Binding]]] = defaultdict(lambda: defaultdict(list))
        for binding, at in self._gather():
            table[self.scope_of(at)][binding.name].append(binding)
        for names in table.values():
            for found in names.values():
                found.sort(key=lambda binding: binding.effective)
        return table

    def definitions(self, use: ast.Name) -> tuple[Binding, ...]:
        """The bindings that may give this use its value; empty for a builtin or an unknown name."""
        inner = self._comprehension_binding(use) if use.id in self._comprehended else None
        if inner is not None:
            return (inner,)
        scope: ScopeNode | None = self.scope_of(use)
        own = True
        while scope is not None:
            found = self.bindings.get(scope, {}).get(use.id)
            if found:
                reaching = self._reaching(found, use) if own else tuple(found)
                if reaching:
                    return reaching
            scope, own = self._outer(scope), False
        return ()

    def _outer(self, scope: ScopeNode) -> ScopeNode | None:
        for parent in self.index.ancestors(scope):
            if isinstance(parent, ast.Module | FunctionNode | ast.Lambda):
                return parent
        return None

    @cached_property
    def _comprehended(self) -> frozenset[str]:
        """Every name that some comprehension binds: most uses need not look further."""
        targets = (generator.target for generator in self.index.all(ast.comprehension))
        return frozenset(name.id for target in targets for name, _ in _targets(target, BindingKind.LOOP))

    def _comprehension_binding(self, use: ast.Name) -> Binding | None:
        for parent in self.index.ancestors(use):
            if isinstance(parent, ComprehensionNode):
                found = next((own for own in _own_names(parent, use) if own.name == use.id), None)
                if found is not None:
                    return found
            elif isinstance(parent, ast.stmt):
                return None
        return None

    def _reaching(self, found: list[Binding], use: ast.Name) -> tuple[Binding, ...]:
        at = position(use)
        above = set(self.index.ancestors(use))
        chosen: list[Binding] = []
        for binding in reversed(found):
            if binding.effective > at:
                continue
            chosen.append(binding)
            if not self._is_conditional(binding, above):
                break
        chosen.reverse()
        later = [binding for binding in found if binding.effective > at and self._same_loop(binding, above)]
        return tuple(chosen + later)

    def _is_conditional(self, binding: Binding, above: set[ast.AST]) -> bool:
        """Whether the binding may not have happened when the use runs."""
        child: ast.AST = binding.node
        for parent in self.index.ancestors(binding.node):
            if isinstance(parent, _BRANCHES) and not _same_branch(parent, child, above):
                return True
            if isinstance(parent, ScopeNode):
                return False
            child = parent
        return False

    def _same_loop(self, binding: Binding, above: set[ast.AST]) -> bool:
        return any(isinstance(parent, LoopNode) and parent in above for parent in self.index.ancestors(binding.node))

    def _gather(self) -> Iterator[tuple[Binding, ast.AST]]:
        yield from self._assignments()
        yield from self._blocks()
        yield from self._definitions()

    def _assignments(self) -> Iterator[tuple[Binding, ast.AST]]:
        for assign in self.index.all(ast.Assign):
            for target in assign.targets:
                for name, kind in _targets(target, BindingKind.ASSIGN):
                    yield Binding(name.id, assign, assign.value, kind, end_position(assign)), assign
        for annotated in self.index.all(ast.AnnAssign):
            if annotated.value is not None:
                yield from _single(annotated, annotated.target, annotated.value, BindingKind.ASSIGN)
        for augmented in self.index.all(ast.AugAssign):
            yield from _single(augmented, augmented.target, augmented.value, BindingKind.AUGMENT)
        for walrus in self.index.all(ast.NamedExpr):
            yield from _single(walrus, walrus.target, walrus.value, BindingKind.ASSIGN)

    def _blocks(self) -> Iterator[tuple[Binding, ast.AST]]:
        loops: list[ast.For | ast.AsyncFor] = [*self.index.all(ast.For), *self.index.all(ast.AsyncFor)]
        for loop in loops:
            for name, _ in _targets(loop.target, BindingKind.LOOP):
                yield Binding(name.id, loop, loop.iter, BindingKind.LOOP, end_position(loop.target)), loop
        for item in self.index.all(ast.withitem):
            block = self.index.parents[item]
            for name, _ in _targets(item.optional_vars, BindingKind.WITH):
                yield Binding(name.id, block, item.context_expr, BindingKind.WITH, end_position(name)), block
        for handler in self.index.all(ast.ExceptHandler):
            if handler.name:
                yield Binding(handler.name, handler, None, BindingKind.OTHER, position(handler)), handler

    def _definitions(self) -> Iterator[tuple[Binding, ast.AST]]:
        named: list[FunctionNode | ast.ClassDef] = [
            *self.index.all(ast.FunctionDef),
            *self.index.all(ast.AsyncFunctionDef),
            *self.index.all(ast.ClassDef),
        ]
        for node in named:
            yield Binding(node.name, node, None, BindingKind.DEFINITION, position(node)), node
        imports: list[ast.Import | ast.ImportFrom] = [*self.index.all(ast.Import), *self.index.all(ast.ImportFrom)]
        for statement in imports:
            for alias in statement.names:
                local = alias.asname or alias.name.split(".")[0]
                yield Binding(local, statement, None, BindingKind.IMPORT, end_position(statement)), statement
        for arguments in self.index.all(ast.arguments):
            for argument, default in _parameters(arguments):
                owner = self.index.parents[arguments]
                inside = owner.body if isinstance(owner, ast.Lambda) else argument
                yield (
                    Binding(argument.arg, argument, default, BindingKind.PARAMETER, position(argument)),
                    inside,
                )


def _single(node: ast.AST, target: ast.expr, value: ast.expr, kind: BindingKind) -> Iterator[tuple[Binding, ast.AST]]:
    if isinstance(target, ast.Name):
        yield Binding(target.id, node, value, kind, end_position(node)), node


def _targets(target: ast.expr | None, kind: BindingKind) -> Iterator[tuple[ast.Name, BindingKind]]:
    if isinstance(target, ast.Name):
        yield target, kind
    elif isinstance(target, ast.Starred):
        yield from _targets(target.value, BindingKind.UNPACK)
    elif isinstance(target, ast.Tuple | ast.List):
        for element in target.elts:
            yield from _targets(element, BindingKind.UNPACK if kind is BindingKind.ASSIGN else kind)


def _own_names(comprehension: ComprehensionNode, use: ast.Name) -> Iterator[Binding]:
    """The names that a comprehension binds, other than at the use itself."""
    for generator in comprehension.generators:
        for name, kind in _targets(generator.target, BindingKind.LOOP):
            if name is not use:
                yield Binding(name.id, generator, generator.iter, kind, position(name))


def _parameters(arguments: ast.arguments) -> Iterator[tuple[ast.arg, ast.expr | None]]:
    positional = [*arguments.posonlyargs, *arguments.args]
    padding: list[ast.expr | None] = [None] * (len(positional) - len(arguments.defaults))
    yield from zip(positional, [*padding, *arguments.defaults], strict=True)
    yield from zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    for extra in (arguments.vararg, arguments.kwarg):
        if extra is not None:
            yield extra, None


def _same_branch(branch: ast.AST, child: ast.AST, above: set[ast.AST]) -> bool:
    """Whether the use stands in the same arm of the branch as the child that binds."""
    if branch not in above:
        return isinstance(branch, ast.For | ast.AsyncFor) and child is branch
    for name in ("body", "orelse", "handlers", "finalbody"):
        arm = getattr(branch, name, None)
        if isinstance(arm, list) and child in arm:
            return any(statement in above for statement in arm)
    return True
