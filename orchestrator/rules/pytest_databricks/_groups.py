"""Whether rows that are written out in a test give several groups, of which any may come first."""

from __future__ import annotations

import ast
from collections import defaultdict

from orchestrator.code.facts import Facts
from orchestrator.code.frames import Root, RootKind
from orchestrator.code.python import Call, PythonFile, as_call

_GROUPING = frozenset({"groupBy", "groupby"})
_KEEPING = frozenset({"agg", "count", "sum", "avg", "mean", "max", "min", "select", "withColumn", "alias"})


def gives_many_groups(file: PythonFile, facts: Facts, node: ast.expr | None) -> bool:
    """Whether a frame of local rows is grouped by columns that hold several values, and the groups differ."""
    if "groupby" not in file.source.text.lower():
        return False
    frame = facts.frame(file, node)
    if len(frame.roots) != 1 or frame.roots[0].kind is not RootKind.LITERAL or not frame.operations:
        return False
    first, *rest = frame.operations
    if first.name not in _GROUPING or any(call.name not in _KEEPING for call in rest):
        return False
    places = _places(file, frame.roots[0], first)
    groups: dict[tuple[object, ...], list[tuple[object, ...]]] = defaultdict(list)
    for row in _rows(file, frame.roots[0]) if places else ():
        if max(places) >= len(row):
            return False
        groups[tuple(row[at] for at in places)].append(tuple(value for at, value in enumerate(row) if at not in places))
    return len({tuple(sorted(map(repr, group))) for group in groups.values()}) > 1


def _places(file: PythonFile, root: Root, grouping: Call) -> list[int]:
    """Where the grouping columns stand in a row; none where one is not known."""
    made = as_call(root.node)
    schema = made.argument(1, "schema") if made is not None else None
    value = file.value_of(schema) if schema is not None else None
    if isinstance(value, ast.List | ast.Tuple):
        columns = [file.string(column) for column in value.elts]
    else:
        written = file.string(schema) or ""
        columns = [part.replace(":", " ").split()[0] for part in written.split(",") if part.strip()]
    keys = [file.string(argument) for argument in grouping.node.args]
    return [columns.index(key) for key in keys] if keys and all(key in columns for key in keys if key) else []


def _rows(file: PythonFile, root: Root) -> list[list[object]]:
    """The rows of a list that is written out; none where a value is not constant."""
    data = file.value_of(root.target) if root.target is not None else None
    rows: list[list[object]] = []
    for row in data.elts if isinstance(data, ast.List | ast.Tuple) else ():
        if not isinstance(row, ast.List | ast.Tuple):
            return []
        values: list[object] = [value.value for value in row.elts if isinstance(value, ast.Constant)]
        if len(values) != len(row.elts):
            return []
        rows.append(values)
    return rows
