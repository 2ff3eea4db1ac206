"""What makes the rows of a frame or query unique, or hides whether they are."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from orchestrator.code.python import Call
from orchestrator.code.scopes import end_position, position
from orchestrator.rules.delta_lake_expert._unused import unused_assignments

if TYPE_CHECKING:
    from orchestrator.code.frames import Frame
    from orchestrator.code.python import PythonFile

UNIQUE_STEPS = frozenset(
    {"dropDuplicates", "drop_duplicates", "dropDuplicatesWithinWatermark", "distinct", "groupBy", "groupby", "agg",
     "rollup", "cube", "limit", "first", "head", "transform", "pivot", "intersect", "subtract", "exceptAll",
     "mapInPandas", "applyInPandas", "pipe"}
)  # fmt: skip
"""Steps that make keys unique, or that hide whether they do."""
UNIQUE_TEXT = re.compile(
    r"row_number|dense_rank|\brank\(|\.over\(|max_by|min_by|max\(struct|dedup|de_dup|distinct|dropDuplicates|"
    r"drop_duplicates|groupBy|groupby|qualify|latest|unique",
    re.IGNORECASE,
)
UNIQUE_WORDS = frozenset(
    {"DISTINCT", "GROUP", "QUALIFY", "ROW_NUMBER", "RANK", "DENSE_RANK", "LIMIT", "MAX_BY", "MIN_BY", "EXCEPT",
     "INTERSECT", "OVER", "VALUES"}
)  # fmt: skip
_DEDUPLICATIONS = frozenset({"dropDuplicates", "drop_duplicates"})
_COLUMNS = re.compile(r"\b\w+\.`?(\w+)`?")
NULL_KEY = re.compile(r"\bnull\s+as\b|lit\(None\)|merge_?key", re.IGNORECASE)
"""The way to write a history: the same row twice, once with a null key so that it never matches."""


def is_narrowed(file: PythonFile, operations: Iterable[Call]) -> bool:
    return any(UNIQUE_TEXT.search(file.text(argument)) for call in operations for argument in _arguments(call))


def _arguments(call: Call) -> Iterator[ast.expr]:
    yield from call.node.args
    yield from (given.value for given in call.node.keywords)


def unique_by_others(file: PythonFile, frame: Frame, on: str | None) -> tuple[Call, ...]:
    """The deduplications of a frame by constant columns of which the condition of the merge names none.

    None of them counts where a step on the way mentions a column of the condition, which it may compute from the keys.
    """
    wanted = {name.lower() for name in _COLUMNS.findall(on or "")}
    found = [call for call in frame.operations if call.name in _DEDUPLICATIONS]
    others = [argument for call in frame.operations if call not in found for argument in _arguments(call)]
    if not wanted or any(name in file.text(argument).lower() for argument in others for name in wanted):
        return ()
    keys = [_constant_keys(file, call) for call in found]
    return tuple(call for call, by in zip(found, keys, strict=True) if by and not by & wanted)


def _constant_keys(file: PythonFile, call: Call) -> set[str]:
    given = call.argument(0, "subset")
    value = file.value_of(given) if given is not None else None
    if not isinstance(value, ast.List | ast.Tuple):
        return set()
    keys = {file.string(element) for element in value.elts}
    return set() if None in keys else {key.lower() for key in keys if key is not None}


def is_unique_before(file: PythonFile, node: ast.AST, ignored: tuple[Call, ...] = ()) -> bool:
    """Whether the function around a node speaks of unique rows before it, in whatever way.

    What is assigned and never used says nothing, nor do the calls that are ignored.
    """
    function = file.function(node)
    if function is None:
        return False
    last = getattr(node, "end_lineno", function.lineno)
    said = [
        (number, found.start())
        for number, line in enumerate(file.source.lines[function.lineno : last], start=function.lineno + 1)
        for found in UNIQUE_TEXT.finditer(line)
    ]
    if not said:
        return False
    spans = [(position(one), end_position(one)) for one in unused_assignments(function)]
    spans += [(end_position(call.receiver or call.node), end_position(call.node)) for call in ignored]
    return any(not any(start <= place < end for start, end in spans) for place in said)
