"""A piece of SQL in its host: a file, a notebook cell or a Python string."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from orchestrator.code.source import SourceFile
from orchestrator.code.sql.cursor import Cursor
from orchestrator.code.sql.kinds import read_kind
from orchestrator.code.sql.python_template import ValueOf, from_python
from orchestrator.code.sql.split import split
from orchestrator.code.sql.statement import Statement
from orchestrator.code.sql.template import Template, from_sql_text
from orchestrator.code.sql.tokens import Lexed, has_sql_head, lex
from orchestrator.code.sql.tsql import is_tsql
from orchestrator.types import Location

Host = Literal["file", "cell", "python"]


@dataclass(frozen=True, kw_only=True, eq=False)
class SqlUnit:
    """Statements that stand together; `node` is the Python expression that holds them, if Python does.

    `skipped` says why the unit is not read at all, as a T-SQL file is not.
    """

    source: SourceFile = field(repr=False)
    template: Template = field(repr=False)
    host: Host
    node: ast.expr | None = field(default=None, repr=False)
    skipped: str | None = None

    @cached_property
    def _lexed(self) -> Lexed:
        if self.skipped is not None or not has_sql_head(self.template.text):
            return Lexed(tokens=())
        return lex(self.template.text)

    @property
    def path(self) -> str:
        """The path of the host file."""
        return self.source.path

    @property
    def lexed(self) -> Lexed:
        """The tokens and comments of the whole unit."""
        return self._lexed

    @property
    def unparsed(self) -> str | None:
        """Why the unit, or its end, was not read; None when all of it was."""
        return self.skipped or self._lexed.error

    @cached_property
    def statements(self) -> tuple[Statement, ...]:
        """The statements in order; the one that an unreadable token cuts off is left out."""
        text = self.template.text
        if self.skipped is not None or not text.strip():
            return ()
        slices = list(split(self._lexed.tokens))
        if self._lexed.error is not None:
            last = max((piece.tokens[-1].end for piece in slices), default=0)
            slices = [piece for piece in slices if piece.tokens[-1].end < last]
        elif not slices:
            start = len(text) - len(text.lstrip())
            return (Statement(unit=self, tokens=(), start=start, end=len(text.rstrip())),)
        return tuple(
            Statement(
                unit=self,
                tokens=piece.tokens,
                start=piece.tokens[0].start,
                end=piece.tokens[-1].end,
                nested=piece.nested,
            )
            for piece in slices
        )

    @cached_property
    def temporary_names(self) -> frozenset[tuple[str, ...]]:
        """The lower-case names of the temporary views that this unit creates."""
        return frozenset(name for statement in self.statements for name in _temporary(statement))

    def location(self, start: int, end: int) -> Location:
        """Where that part of the template's text stands on disk."""
        line, column, end_line, end_column = self.template.span(start, end)
        return self.source.location(line, end_line, column, end_column)


def _temporary(statement: Statement) -> tuple[tuple[str, ...], ...]:
    if statement.kind not in ("CREATE VIEW", "CREATE TABLE", "CACHE") or statement.target is None:
        return ()
    if statement.kind == "CACHE":
        return (statement.target.key,) if any(token.upper == "SELECT" for token in statement.tokens) else ()
    head = Cursor(statement.tokens, statement.template)
    read_kind(head)
    words = {token.upper for token in statement.tokens[: head.index]}
    return (statement.target.key,) if words & {"TEMP", "TEMPORARY"} else ()


def sql_file_units(source: SourceFile) -> tuple[SqlUnit, ...]:
    """The unit of an SQL file: one, which is skipped when the file is T-SQL; none when the file is blank."""
    if not source.text.strip():
        return ()
    skipped = "T-SQL, which is not reviewed" if is_tsql(source.text) else None
    template = Template(text=source.text) if skipped else from_sql_text(source.text)
    return (SqlUnit(source=source, template=template, host="file", skipped=skipped),)


def cell_unit(source: SourceFile, text: str, first_line: int) -> SqlUnit:
    """The unit of a `%sql` cell whose text begins on that line of the source."""
    return SqlUnit(source=source, template=from_sql_text(text, first_line), host="cell")


def python_unit(source: SourceFile, node: ast.expr, value_of: ValueOf) -> SqlUnit | None:
    """The unit of an SQL string in Python; None when the expression cannot be a string."""
    template = from_python(node, value_of, lines=source.lines)
    if template is None:
        return None
    return SqlUnit(source=source, template=template, host="python", node=node)
