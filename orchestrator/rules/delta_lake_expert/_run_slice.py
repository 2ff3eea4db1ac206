"""Whether a query or frame holds one run's slice of its source: the rows of one date or batch that a caller names."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from orchestrator.code.frames import RootKind
from orchestrator.code.python import Call, PythonFile, as_call

if TYPE_CHECKING:
    from orchestrator.code.frames import Frame
    from orchestrator.code.sql import Fragment, SqlUnit, Statement

_RUN = re.compile(
    r"(run|process|processing|batch|execution|exec|logical|load|ingest|ingestion|business|partition|report|reporting|"
    r"target|current|trade|biz|job|etl|order|event|data)_?(date|day|dt|ts|hour|month|id)\b|\bds\b|\btoday\b|"
    r"\byesterday\b|current_date|(^|[^a-z])(date|day|month)$",
    re.IGNORECASE,
)
_WHOLE = re.compile(r"snapshot|as_?of|extract|effective|valid|version", re.IGNORECASE)
"""Columns of sources that bring all rows every day, so that one day is the whole."""
_SHAPING = frozenset({"select", "groupBy", "groupby", "agg", "drop", "selectExpr"})
_EQUAL = re.compile(
    r"(?:(?P<column>[\w`.]+)\s*\)?\s*)(?<![<>!=])==?\s*(?:(?:date|to_date|cast|timestamp|try_cast|lit)\s*\(\s*)*"
    r"(?:'|\")?(?P<value>:\w+|\{\{[^{}]+\}\}|\$?\{[^{}]+\}|current_date\b)",
    re.IGNORECASE,
)


class Slice(NamedTuple):
    """The filter that makes the slice: the column, and the value that differs from run to run."""

    column: str
    value: str


def text_slice(condition: str) -> Slice | None:
    """The run filter in an SQL condition whose holes are written as `{expression}`."""
    for match in _EQUAL.finditer(condition):
        column = match["column"].rsplit(".", 1)[-1].strip("`")
        value = match["value"].strip(":${} ")
        if _RUN.search(value) and not _WHOLE.search(column) and column.lower() not in {"and", "or", "where"}:
            return Slice(column, value)
    return None


def query_slice(unit: SqlUnit, statement: Statement) -> Slice | None:
    """The run filter of the outermost query of a statement, if its column is among what the query gives."""
    query = statement.query
    if query is None or {"UNION", "INTERSECT"} & set(query.words()):
        return None
    parts = list(_clauses(query, statement))
    if len(parts) != 2:
        return None
    listed, condition = (unit.template.source_of(part.start, part.end) for part in parts)
    found = text_slice(condition)
    if found is None:
        return None
    stays = re.search(rf"\b{re.escape(found.column)}\b", listed, re.IGNORECASE) or "*" in listed.replace("(*)", "")
    return found if stays else None


def _clauses(query: Fragment, statement: Statement) -> Iterator[Fragment]:
    """The list of columns and the WHERE of the outermost query."""
    from orchestrator.code.sql import Cursor

    cursor = Cursor(query.tokens, statement.template)
    if not (cursor.skip_to("SELECT") and cursor.take("SELECT")):
        return
    listed = cursor.until("FROM")
    if listed is None or not (cursor.skip_to("WHERE") and cursor.take("WHERE")):
        return
    condition = cursor.until("GROUP", "ORDER", "HAVING", "QUALIFY", "LIMIT", "WINDOW")
    if condition is not None:
        yield listed
        yield condition


def frame_slice(file: PythonFile, frame: Frame) -> Slice | None:
    """The run filter on the way of a frame, if its column stays to the end."""
    if frame.has("union", "unionAll", "unionByName") or len(frame.roots) != 1:
        return None
    found: Slice | None = None
    root = frame.roots[0]
    if root.kind is RootKind.SQL and root.sql is not None and root.sql.statements:
        found = query_slice(root.sql, root.sql.statements[-1])
    for call in frame.operations:
        if call.name in {"filter", "where"} and call.node.args:
            found = found or _filter_slice(file, call.node.args[0])
        elif found is not None and call.name in _SHAPING and not _keeps(file, call, found.column):
            return None
    return found


def _keeps(file: PythonFile, call: Call, column: str) -> bool:
    """Whether the column is still there after a step: an aggregate keeps what its `groupBy` named."""
    mentioned = re.search(rf"\b{re.escape(column)}\b", " ".join(file.text(node) for node in call.node.args)) is not None
    if call.name == "drop":
        return not mentioned
    return mentioned or call.name == "agg" or '"*"' in file.text(call.node)


def _filter_slice(file: PythonFile, condition: ast.expr) -> Slice | None:
    text = file.pattern(condition)
    if text is not None and not isinstance(condition, ast.Name):
        return text_slice(text)
    if isinstance(condition, ast.BinOp) and isinstance(condition.op, ast.BitAnd):
        return _filter_slice(file, condition.left) or _filter_slice(file, condition.right)
    if not isinstance(condition, ast.Compare) or not isinstance(condition.ops[0], ast.Eq):
        return None
    column = _column(file, condition.left)
    value = condition.comparators[0]
    if column is None or _WHOLE.search(column) or not _differs(file, value):
        return None
    return Slice(column, file.text(value))


def _column(file: PythonFile, node: ast.expr) -> str | None:
    """The column behind `F.col("a")`, `F.to_date("a")`, `df["a"]` or `df.a`."""
    call = as_call(node)
    if call is not None:
        inner = call.node.args[0] if call.node.args else call.receiver
        if inner is None:
            return None
        return file.string(inner) or _column(file, inner)
    if isinstance(node, ast.Subscript):
        return file.string(node.slice)
    return node.attr if isinstance(node, ast.Attribute) else None


def _differs(file: PythonFile, node: ast.expr) -> bool:
    """Whether a value is that of the run: a variable or attribute named so, or the current date."""
    call = as_call(node)
    if call is not None:
        if call.name == "current_date":
            return True
        return call.name in {"lit", "to_date", "cast", "str"} and any(_differs(file, each) for each in call.node.args)
    if not isinstance(node, ast.Name | ast.Attribute | ast.Subscript) or file.constant(node) is not None:
        return False
    return _RUN.search(file.text(node)) is not None
