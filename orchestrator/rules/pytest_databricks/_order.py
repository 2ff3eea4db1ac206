"""Whether the rows of a frame come in an order that the code decides."""

from __future__ import annotations

import ast

from orchestrator.code.facts import Facts
from orchestrator.code.frames import FRAME_METHODS, returned
from orchestrator.code.python import Call, PythonFile, as_call

_MOVING = frozenset(
    {"groupBy", "groupby", "rollup", "cube", "distinct", "dropDuplicates", "drop_duplicates", "join", "intersect",
     "intersectAll", "subtract", "exceptAll", "repartition", "repartitionByRange"}
)  # fmt: skip
_SORTING = frozenset({"orderBy", "sort", "sortWithinPartitions"})
_WINDOWED = frozenset({"withColumn", "withColumns", "select", "selectExpr"})


def unordered_after(file: PythonFile, facts: Facts, node: ast.expr | None) -> str | None:
    """The name of the last operation that left a frame's rows in no fixed order; None where they have one.

    A frame that a function of another file of the project returns is followed there.
    """
    frame = facts.frame(file, node)
    moved = _last_move(file, facts, frame.operations)
    if moved is not None or _has_order(frame.operations):
        return moved
    for root in frame.roots:
        call = as_call(root.node)
        found = _in_other_file(file, facts, call) if call is not None else None
        if found is not None:
            return found
    return None


def _last_move(file: PythonFile, facts: Facts | None, operations: tuple[Call, ...]) -> str | None:
    """The last operation that moves rows, if nothing after it sorts them or leaves a single one.

    With `facts`, functions of other files that stand in the chain (`module.function(frame)`) are followed too.
    """
    moved: str | None = None
    for call in operations:
        if call.name in _SORTING or _leaves_one_row(call, moved):
            moved = None
        elif call.name in _MOVING and (call.node.args or call.name not in {"groupBy", "groupby"}):
            moved = call.name
        elif call.name in _WINDOWED and _is_windowed(file, call):
            moved = "over"
        elif facts is not None and call.name not in FRAME_METHODS:
            moved = _in_other_file(file, facts, call) or moved
    return moved


def _is_windowed(file: PythonFile, call: Call) -> bool:
    """Whether an argument is computed over a window, which brings the rows of a partition together."""
    given = [*call.node.args, *[keyword.value for keyword in call.node.keywords]]
    return any(".over(" in file.text(argument) for argument in given)


def _leaves_one_row(call: Call, moved: str | None) -> bool:
    if call.name == "limit":
        first = call.argument(0, "num")
        return isinstance(first, ast.Constant) and first.value == 1
    return call.name == "agg" and moved not in {"groupBy", "groupby", "rollup", "cube"}


def _has_order(operations: tuple[Call, ...]) -> bool:
    return any(call.name in _SORTING for call in operations)


def _in_other_file(file: PythonFile, facts: Facts, call: Call) -> str | None:
    """What a function that is imported from the project does to the order of the rows it returns."""
    dotted = file.dotted(call.node.func)
    if dotted is None or "." not in dotted:
        return None
    module, _, name = dotted.rpartition(".")
    ending = f"{module.strip('.').replace('.', '/')}.py"
    for path, other in facts.project.python_by_path.items():
        function = other.functions.get(name) if path == ending or path.endswith(f"/{ending}") else None
        if function is None:
            continue
        moves = [_last_move(other, None, facts.frame(other, value).operations) for value in returned(other, function)]
        return moves[0] if moves and all(moves) else None
    return None
