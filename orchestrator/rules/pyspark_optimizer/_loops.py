"""Loops as rules on plans and jobs see them: what a node runs in, what it runs over, which names change each turn."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from orchestrator.code.index import ComprehensionNode, FunctionNode, LoopNode
from orchestrator.code.python import PythonFile, as_call
from orchestrator.code.scopes import BindingKind

FEW = 5
"""How many known turns are too few to speak of."""
_TAKING = frozenset({"pop", "popleft", "popitem"})
_PUTTING = frozenset({"append", "appendleft", "extend", "extendleft", "insert", "add", "update", "push"})
Loop = ast.For | ast.AsyncFor | ast.While
Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
Turns = ast.For | ast.AsyncFor | ast.While | Comprehension
"""What runs over values, one turn each; a `while` does where it takes them from what it asks for more."""


def enclosing_loop(file: PythonFile, node: ast.AST | None) -> Loop | None:
    """The nearest loop statement around a node, inside the same function."""
    if node is None:
        return None
    for parent in file.ancestors(node):
        if isinstance(parent, LoopNode):
            return parent
        if isinstance(parent, FunctionNode | ast.Lambda):
            return None
    return None


def enclosing_turns(file: PythonFile, node: ast.AST) -> Iterator[Turns]:
    """The loops and comprehensions that run a node once for each value, nearest first, inside the same function."""
    child = node
    for parent in file.ancestors(node):
        if isinstance(parent, FunctionNode | ast.Lambda):
            return
        if isinstance(parent, ast.For | ast.AsyncFor) or (isinstance(parent, ast.While) and taken_from(parent)):
            if child in parent.body:
                yield parent
        elif isinstance(parent, ComprehensionNode) and child is not parent.generators[0]:
            yield parent
        child = parent


def taken_from(loop: ast.While) -> tuple[ast.Name, list[ast.expr]] | None:
    """What a `while` loop empties, and the targets of what it takes: `while names: name = names.pop()`.

    None where the loop puts something back, as a search does that goes from one thing to the next.
    """
    asked = loop.test
    call = as_call(asked)
    if call is not None and call.name == "len" and call.receiver is None and call.node.args:
        asked = call.node.args[0]
    if not isinstance(asked, ast.Name):
        return None
    targets: list[ast.expr] = []
    for assign in assigns_in(loop):
        taken = as_call(assign.value)
        if taken is not None and taken.name in _TAKING and _names(taken.receiver, asked.id):
            targets += assign.targets
    calls = (as_call(node) for node in ast.walk(loop))
    grows = any(one is not None and one.name in _PUTTING and _names(one.receiver, asked.id) for one in calls)
    return None if grows or not targets else (asked, targets)


def _names(node: ast.expr | None, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def is_short(file: PythonFile, loop: Loop | Comprehension) -> bool:
    """Whether a loop has a known, small number of turns."""
    if isinstance(loop, ast.While):
        emptied = taken_from(loop)
        return emptied is not None and any(
            found.value is not None and is_few(file, found.value)
            for found in file.definitions(emptied[0])
            if found.kind is BindingKind.ASSIGN
        )
    if isinstance(loop, ast.For | ast.AsyncFor):
        return is_few(file, loop.iter)
    return all(is_few(file, generator.iter) for generator in loop.generators)


def is_few(file: PythonFile, node: ast.expr) -> bool:
    """Whether an expression holds a known, small number of values."""
    values = unwrapped(file, node)
    if isinstance(values, ast.List | ast.Tuple | ast.Set):
        return len(values.elts) <= FEW and not any(isinstance(value, ast.Starred) for value in values.elts)
    if isinstance(values, ast.Dict):
        return len(values.keys) <= FEW
    call = as_call(values)
    if call is None or call.name != "range" or not call.node.args:
        return False
    turns = file.constant(call.node.args[-1])
    return isinstance(turns, int) and turns <= FEW


def unwrapped(file: PythonFile, node: ast.expr) -> ast.expr | None:
    """What a loop runs over, without `enumerate`, `sorted`, `.items()` and their like around it."""
    values = file.value_of(node)
    call = as_call(values)
    if call is None:
        return values
    if call.receiver is None and call.name in {"enumerate", "sorted", "reversed", "list", "set", "tqdm"}:
        return unwrapped(file, call.node.args[0]) if call.node.args else values
    if call.receiver is not None and call.name in {"items", "keys", "values"}:
        return unwrapped(file, call.receiver)
    return values


def changing_names(loop: Turns) -> set[str]:
    """The names whose values differ from turn to turn: the loop's targets, and what is computed from them inside."""
    targets = _targets(loop)
    changing = {name for target in targets for name in names_in(target)}
    for assign in assigns_in(loop):
        if changing & set(names_in(assign.value)):
            changing.update(name for target in assign.targets for name in names_in(target))
    return changing


def _targets(loop: Turns) -> list[ast.expr]:
    if isinstance(loop, ast.While):
        emptied = taken_from(loop)
        return emptied[1] if emptied is not None else []
    return [loop.target] if isinstance(loop, ast.For | ast.AsyncFor) else [part.target for part in loop.generators]


def assigns_in(loop: Turns) -> list[ast.Assign]:
    """The plain assignments inside a loop, in source order."""
    found = (node for node in ast.walk(loop) if isinstance(node, ast.Assign))
    return sorted(found, key=lambda node: (node.lineno, node.col_offset))


def names_in(node: ast.AST) -> Iterator[str]:
    """The names in a small expression."""
    return (part.id for part in ast.walk(node) if isinstance(part, ast.Name))


def is_inside(node: ast.AST, outer: ast.AST) -> bool:
    """Whether a node's place is inside another's."""
    start, end = _span(outer)
    first, last = _span(node)
    return start <= first and last <= end and node is not outer


def _span(node: ast.AST) -> tuple[tuple[int, int], tuple[int, int]]:
    first = getattr(node, "lineno", 0), getattr(node, "col_offset", 0)
    return first, (getattr(node, "end_lineno", 0) or 0, getattr(node, "end_col_offset", 0) or 0)
