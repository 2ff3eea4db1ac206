"""What makes the rows of a frame or query unique, or hides whether they are."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from orchestrator.code.python import Call, PythonFile

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
NULL_KEY = re.compile(r"\bnull\s+as\b|lit\(None\)|merge_?key", re.IGNORECASE)
"""The way to write a history: the same row twice, once with a null key so that it never matches."""


def is_narrowed(file: PythonFile, operations: Iterable[Call]) -> bool:
    return any(UNIQUE_TEXT.search(file.text(argument)) for call in operations for argument in _arguments(call))


def _arguments(call: Call) -> Iterator[ast.expr]:
    yield from call.node.args
    yield from (given.value for given in call.node.keywords)


def is_unique_before(file: PythonFile, node: ast.AST) -> bool:
    """Whether the function around a node speaks of unique rows before it, in whatever way."""
    function = file.function(node)
    if function is None:
        return False
    last = getattr(node, "end_lineno", function.lineno)
    return UNIQUE_TEXT.search("\n".join(file.source.lines[function.lineno : last])) is not None
