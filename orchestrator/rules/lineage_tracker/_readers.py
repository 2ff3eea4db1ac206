"""Who still reads a table or a column of it, in SQL and in PySpark, where the code leaves no doubt."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from orchestrator.code.frames import FRAME_METHODS, RootKind
from orchestrator.code.tables import Use, normalised

if TYPE_CHECKING:
    from orchestrator.code.facts import Facts
    from orchestrator.code.frames import Frame
    from orchestrator.code.python import Call, PythonFile
    from orchestrator.code.sql import Statement, Token
    from orchestrator.types import Location

_READING = frozenset({"select", "filter", "where", "groupBy", "groupby", "orderBy", "sort", "dropDuplicates", "agg",
                      "selectExpr"})  # fmt: skip
_RESHAPING = frozenset({"withColumn", "withColumnRenamed", "withColumns", "selectExpr", "toDF", "select", "agg",
                        "pivot", "transform", "join", "drop"})  # fmt: skip


def readers(facts: Facts, table: str, column: str | None) -> Iterator[Location]:
    """The places that read the table, or this column of it."""
    for use in facts.tables.of(table):
        if use.use not in {Use.READ, Use.STREAM}:
            continue
        if column is None or (use.statement is not None and _names_column(use.statement, column)):
            yield use.location
    if column is not None:
        for file in facts.project.python:
            # The name must stand in the file: a frame that is read here needs it as text.
            if table.rsplit(".", 1)[-1] in file.source.text.lower() and column in file.source.text.lower():
                yield from _python_readers(facts, file, table, column)


def _names_column(statement: Statement, column: str) -> bool:
    """Whether a statement that reads one table only takes that column from it."""
    if len({name.text.lower() for name in statement.reads}) != 1 or statement.kind in {"MERGE", "INSERT"}:
        return False
    tokens = statement.tokens
    return any(_is_column(tokens, index) for index, token in enumerate(tokens) if token.value.lower() == column)


def _is_column(tokens: tuple[Token, ...], index: int) -> bool:
    """Whether the name is that of a column and neither of an alias, a function nor a relation."""
    token = tokens[index]
    before = tokens[index - 1].upper if index else ""
    after = tokens[index + 1].upper if index + 1 < len(tokens) else ""
    is_name = token.kind in {"word", "quoted"}
    return is_name and before not in {"AS", "FROM", "JOIN", "TABLE", "VIEW", "INTO", ":"} and after not in {"(", "."}


def _python_readers(facts: Facts, file: PythonFile, table: str, column: str) -> Iterator[Location]:
    for call in file.calls_named(*sorted(_READING)):
        if not any(_names(file, given, column) for given in call.node.args):
            continue
        frame = facts.frame(file, call.receiver)
        if _is_of(file, frame, table) and not _is_reshaped(frame):
            yield file.call_location(call)


def _is_of(file: PythonFile, frame: Frame, table: str) -> bool:
    if len(frame.roots) != 1 or frame.joined or frame.roots[0].kind is not RootKind.TABLE:
        return False
    return normalised(file.pattern(frame.roots[0].target) or "") == table


def _is_reshaped(frame: Frame) -> bool:
    return any(call.name in _RESHAPING or call.name not in FRAME_METHODS | _READS for call in frame.operations)


_READS = frozenset({"table", "read", "option", "format", "readStream"})


def _names(file: PythonFile, node: ast.expr, column: str) -> bool:
    """Whether an argument is the column by name, or an expression of `col(name)`."""
    if _is_text_of(file.string(node) or "", column):
        return True
    calls: Iterator[Call] = (call for call in file.calls_named("col", "column") if _within(file, call.node, node))
    return any((file.string(call.argument(0, "col")) or "").lower() == column for call in calls)


def _is_text_of(text: str, column: str) -> bool:
    """Whether a text is the column's name, or an SQL expression that reads it: in no literal, and not as an alias."""
    if " " not in text.strip():
        return text.lower() == column
    plain = re.sub(r"'[^']*'", "", text.lower())
    return re.search(rf"(?<![\w.])(?<!\bas )`?{re.escape(column)}\b(?!\s*[.(])", plain) is not None


def _within(file: PythonFile, inner: ast.AST, outer: ast.AST) -> bool:
    return inner is outer or any(parent is outer for parent in file.ancestors(inner))
