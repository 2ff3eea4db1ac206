"""Whether every turn of a loop asks one source the same kind of question, so that a single pass could answer all."""

from __future__ import annotations

import ast

from orchestrator.code.facts import Facts
from orchestrator.code.frames import Root
from orchestrator.code.python import Call, PythonFile, as_call
from orchestrator.rules.pyspark_optimizer._evidence import frame_name
from orchestrator.rules.pyspark_optimizer._loops import Turns, assigns_in, changing_names, is_inside, is_short, names_in

GROUPS = frozenset({"groupBy", "groupby", "rollup", "cube", "pivot"})
_SEPARATE = frozenset({"join", "crossJoin", "subtract", "exceptAll", "intersect"})
"""Steps that one pass over the source cannot do for all turns."""


def repeats(file: PythonFile, facts: Facts, call: Call, loop: Turns) -> bool:
    """Whether each turn asks the same source a question that differs only by the turn's value."""
    if is_short(file, loop) or _is_stepped(loop):
        return False
    frame = facts.frame(file, call.receiver)
    changing = changing_names(loop)
    if any(is_inside(root.node, loop) for root in frame.roots):
        return len(frame.roots) == 1 and _is_repeated_query(frame.roots[0], changing)
    asked = [step for step in frame.operations if is_inside(step.node, loop)]
    if any(step.name in _SEPARATE or (step.name in GROUPS and _mentions(step, changing)) for step in asked):
        return False
    if _is_fallback(file, call, loop) or _is_written(file, facts, call, loop):
        return False
    return any(_mentions(step, changing) for step in asked) and not _is_carried(call, loop)


def _is_stepped(loop: Turns) -> bool:
    """Whether the loop cuts the work into pieces of a size that somebody chose."""
    if isinstance(loop, ast.While):
        return False
    over = as_call(loop.iter if isinstance(loop, ast.For | ast.AsyncFor) else loop.generators[0].iter)
    if over is not None and over.name == "enumerate" and over.node.args:
        over = as_call(over.node.args[0])
    return over is not None and over.name == "range" and len(over.node.args) == 3


def _is_repeated_query(root: Root, changing: set[str]) -> bool:
    """Whether the turn's value is in the query and in no name of a table."""
    if root.sql is None or root.target is None or not changing.intersection(names_in(root.target)):
        return False
    return all(
        hole.node is None or not changing.intersection(names_in(hole.node))
        for statement in root.sql.statements
        for name in statement.reads
        for hole in statement.template.holes_in(name.start, name.end)
    )


def _mentions(step: Call, changing: set[str]) -> bool:
    given = [*step.node.args, *[keyword.value for keyword in step.node.keywords]]
    return any(name in changing for argument in given for name in names_in(argument))


def _is_fallback(file: PythonFile, call: Call, loop: Turns) -> bool:
    """Whether the action stands in for a value that a single pass before the loop did not give."""
    return any(
        isinstance(parent, ast.If) and is_inside(parent, loop) and " is None" in file.text(parent.test)
        for parent in file.ancestors(call.node)
    )


def _is_written(file: PythonFile, facts: Facts, call: Call, loop: Turns) -> bool:
    """Whether the turn writes the same frame, so that it needs a job of its own anyway."""
    name = frame_name(call.receiver)
    return any(
        is_inside(write.call.node, loop) and frame_name(write.frame_node) == name for write in facts.writes(file)
    )


def _is_carried(call: Call, loop: Turns) -> bool:
    """Whether the frame of one turn is made from the frame of the turn before."""
    made = {
        target.id: frame_name(assign.value)
        for assign in assigns_in(loop)
        for target in assign.targets
        if isinstance(target, ast.Name)
    }
    name = frame_name(call.receiver)
    seen: set[str] = set()
    while name in made and name not in seen:
        seen.add(name)
        name = made[name]
    return name in seen
