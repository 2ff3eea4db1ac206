"""Windows in Python that number the rows of a key in no order at all."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, NamedTuple

from orchestrator.code.python import Call, PythonFile, as_call

if TYPE_CHECKING:
    pass

RANDOM = frozenset(
    {"rand", "randn", "random", "uuid", "monotonically_increasing_id", "current_timestamp", "now", "current_date",
     "lit", "input_file_name", "spark_partition_id"}
)  # fmt: skip
"""Functions whose value says nothing of the rows, or differs from run to run."""
_COLUMN_CALLS = frozenset({"col", "column", "asc", "desc", "asc_nulls_last", "desc_nulls_last", "asc_nulls_first",
                           "desc_nulls_first"})  # fmt: skip


class Unordered(NamedTuple):
    """One numbering: the keys that it numbers, the order that decides nothing, and in SQL its offsets."""

    keys: str
    order: str
    start: int = 0
    end: int = 0


def python_numbering(file: PythonFile, call: Call) -> Unordered | None:
    """What is wrong with the window of a `row_number()` whose first row is kept; None where nothing is."""
    over = as_call(file.parent(attribute)) if (attribute := file.parent(call.node)) is not None else None
    if over is None or over.name != "over" or not over.node.args or not _keeps_first(file, over):
        return None
    window = _window(file, over.node.args[0])
    keys, order = window.get("partitionBy"), window.get("orderBy")
    if keys is None or order is None or not order.node.args or order.unpacks or not keys.node.args:
        return None
    names = {_column(file, node) for node in keys.node.args}
    if all(_says_nothing(file, node, names) for node in order.node.args):
        return Unordered(_shown(file, keys), _shown(file, order))
    return None


def _window(file: PythonFile, node: ast.expr) -> dict[str, Call]:
    """The calls that make a window specification by name, through variables; the last of a name counts."""
    found: dict[str, Call] = {}
    current: ast.expr | None = node
    for _ in range(20):
        if isinstance(current, ast.Name):
            current = file.value_of(current)
        call = as_call(current)
        if call is None:
            break
        found.setdefault(call.name, call)
        current = call.receiver
    return found


def _says_nothing(file: PythonFile, node: ast.expr, keys: set[str | None]) -> bool:
    """Whether an order by this leaves the rows of a key in any order: a constant, a random value or the key itself."""
    value = file.value_of(node) or node
    call = as_call(value)
    while call is not None and call.name in _COLUMN_CALLS and isinstance(call.receiver, ast.Call):
        value, call = call.receiver, as_call(call.receiver)
    if call is not None and call.name in RANDOM:
        return not (call.name in {"rand", "randn"} and (call.node.args or call.node.keywords))
    name = _column(file, value)
    return name is not None and name in keys


def _column(file: PythonFile, node: ast.expr) -> str | None:
    """The column that `"a"`, `F.col("a")` or `F.desc("a")` names, in lower case."""
    call = as_call(node)
    if call is not None:
        if call.name in _COLUMN_CALLS and call.node.args:
            return _column(file, call.node.args[0])
        return _column(file, call.receiver) if call.name in _COLUMN_CALLS and call.receiver is not None else None
    name = file.string(node)
    return name.lower() if name is not None else None


def _shown(file: PythonFile, call: Call) -> str:
    return ", ".join(file.text(node).strip("\"'") for node in call.node.args)


def _keeps_first(file: PythonFile, over: Call) -> bool:
    """Whether the number is compared with 1, under the name that the statement gives it."""
    statement = file.statement(over.node)
    function = file.function(over.node)
    if statement is None:
        return False
    text = file.text(function) if function is not None else file.source.text
    for call in (as_call(up) for up in file.ancestors(over.node) if isinstance(up, ast.Call)):
        if call is not None and call.name in {"withColumn", "alias"} and call.node.args:
            name = file.string(call.node.args[0])
            if name and re.search(rf"\b{re.escape(name)}\b[\"'`)\]\s]*(==?|<=)\s*(F\.)?(lit\()?1\b", text):
                return True
    return False
