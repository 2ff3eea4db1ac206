"""What the rules about streaming queries share: which queries a file starts, and what the parts of one are."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from orchestrator.code.frames import option_of
from orchestrator.code.python import Call, PythonFile, as_call
from orchestrator.code.scopes import Binding, BindingKind

if TYPE_CHECKING:
    from orchestrator.code.facts import Facts
    from orchestrator.code.writes import Write

MAX_STEPS = 400
"""Nodes that one look at an expression visits before it gives up."""
THROWAWAY_SINKS = frozenset({"memory", "console", "noop", "display"})
"""Sinks that keep nothing, so that a query over them has nothing to lose."""


def queries(file: PythonFile, facts: Facts) -> tuple[Write, ...]:
    """The streaming queries that the file starts; none where a declarative pipeline runs it."""
    if "writeStream" not in file.source.text:
        return ()
    found = tuple(write for write in facts.writes(file) if write.streaming)
    return found if found and not facts.is_pipeline_source(file.path) else ()


def builder_calls(file: PythonFile, write: Write) -> tuple[Call, ...] | None:
    """Every call that may have shaped the writer, on all branches; None where the writer comes from elsewhere."""
    found: list[Call] = []
    waiting: list[ast.expr] = [write.call.node]
    seen: set[ast.AST] = set()
    while waiting:
        node = waiting.pop()
        if node in seen:
            continue
        seen.add(node)
        call = as_call(node)
        if call is not None:
            found.append(call)
        before = _before(file, node, call)
        if before is None:
            return None
        waiting.extend(before)
    return tuple(found)


def _before(file: PythonFile, node: ast.expr, call: Call | None) -> list[ast.expr] | None:
    """What a part of a writer's chain continues; empty at `writeStream`, None where it leads elsewhere."""
    if call is not None:
        return [call.receiver] if call.receiver is not None else None
    if isinstance(node, ast.IfExp):
        return [node.body, node.orelse]
    if isinstance(node, ast.Name):
        values = [binding.value for binding in file.definitions(node) if binding.kind is BindingKind.ASSIGN]
        known = [value for value in values if value is not None]
        return known if known and len(known) == len(file.definitions(node)) else None
    return [] if isinstance(node, ast.Attribute) and node.attr == "writeStream" else None


def checkpoint(file: PythonFile, write: Write) -> ast.expr | None:
    """The expression of the query's checkpoint, from whatever branch of the builder gives it."""
    return write.option("checkpointLocation") or option_of(builder_calls(file, write) or (), "checkpointLocation")


def sink_format(file: PythonFile, write: Write) -> str | None:
    """The sink's format in lower case; `delta` where none is named, None where it is not constant."""
    step = write.step("format")
    given = step.argument(0, "source") if step is not None else write.call.argument(-1, "format")
    if step is None and given is None:
        return "delta"
    name = file.string(given)
    return name.lower() if name is not None else None


def leaves(file: PythonFile, *nodes: ast.expr | None) -> set[Binding] | None:
    """The parameters, loop variables and other last bindings behind expressions; None where there are too many."""
    found: set[Binding] = set()
    waiting: list[ast.AST] = [node for node in nodes if node is not None]
    seen: set[ast.AST] = set()
    while waiting:
        node = waiting.pop()
        if node in seen:
            continue
        seen.add(node)
        if len(seen) > MAX_STEPS:
            return None
        waiting.extend(ast.iter_child_nodes(node))
        for binding in file.definitions(node) if isinstance(node, ast.Name) else ():
            value = binding.value if binding.kind is BindingKind.ASSIGN else None
            if value is None:
                found.add(binding)
            else:
                waiting.append(value)
    return found


def parts(file: PythonFile, node: ast.expr | None) -> Iterator[ast.expr]:
    """An expression and everything in it, with the names in it followed to what they were assigned."""
    waiting: list[ast.AST] = [] if node is None else [node]
    seen: set[ast.AST] = set()
    while waiting and len(seen) < MAX_STEPS:
        current = waiting.pop()
        if current in seen:
            continue
        seen.add(current)
        if isinstance(current, ast.Name):
            waiting.extend(binding.value for binding in file.definitions(current) if binding.value is not None)
        if isinstance(current, ast.expr):
            yield current
        waiting.extend(ast.iter_child_nodes(current))


def shown_target(file: PythonFile, write: Write) -> str:
    """The query in a few words for a message: the table or path that it feeds, its name, or its handler."""
    target = file.pattern(write.target)
    if target:
        return f"the query into `{target}`"
    named = write.step("queryName")
    name = file.pattern(named.argument(0, "queryName")) if named is not None else None
    if name:
        return f"the query `{name}`"
    each = write.step("foreachBatch") or write.step("foreach")
    handler = each.argument(0, "func") if each is not None else None
    if isinstance(handler, ast.Name | ast.Attribute):
        return f"the query with the handler `{file.text(handler)}`"
    return "this query"
