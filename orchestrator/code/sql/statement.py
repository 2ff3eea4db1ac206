"""One SQL statement: its kind, what it reads and writes, and more of it only when asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from orchestrator.code.sql.cursor import Cursor, Fragment
from orchestrator.code.sql.kinds import read_kind
from orchestrator.code.sql.names import TableName
from orchestrator.code.sql.query import read_query
from orchestrator.code.sql.relations import read_relations
from orchestrator.code.sql.targets import WRITING, read_target
from orchestrator.code.sql.template import Hole, Template
from orchestrator.code.sql.tokens import Token
from orchestrator.types import Location

if TYPE_CHECKING:
    from sqlglot.exp import Expression

    from orchestrator.code.sql.databricks import Details
    from orchestrator.code.sql.unit import SqlUnit


@dataclass(frozen=True, kw_only=True, eq=False)
class Statement:
    """One statement of a unit; `start` and `end` are offsets in the template's text.

    A `nested` statement stands inside the `BEGIN ... END` script that comes before it in the unit.
    """

    unit: SqlUnit = field(repr=False)
    tokens: tuple[Token, ...] = field(repr=False)
    start: int
    end: int
    nested: bool = False

    @property
    def template(self) -> Template:
        """The template of the unit."""
        return self.unit.template

    @cached_property
    def text(self) -> str:
        """The verbatim text of the template, with placeholders where there are holes."""
        return self.template.text[self.start : self.end]

    @cached_property
    def _head(self) -> tuple[str, int]:
        cursor = Cursor(self.tokens, self.template)
        kind = read_kind(cursor)
        return kind, cursor.index

    @property
    def kind(self) -> str:
        """The normalised head, such as "INSERT OVERWRITE" or "CREATE VIEW"; empty when it is unknown."""
        return self._head[0]

    @property
    def holes(self) -> tuple[Hole, ...]:
        """The holes in this statement."""
        return self.template.holes_in(self.start, self.end)

    def cursor(self) -> Cursor:
        """A new cursor on what follows the head."""
        cursor = Cursor(self.tokens, self.template)
        cursor.index = self._head[1]
        return cursor

    def location(self) -> Location:
        """Where the whole statement stands."""
        return self.unit.location(self.start, self.end)

    def location_of(self, start: int, end: int) -> Location:
        """Where that part of the template's text stands."""
        return self.unit.location(start, end)

    @cached_property
    def target(self) -> TableName | None:
        """The table or other securable that the statement is about."""
        return read_target(self.cursor(), self.kind)

    @property
    def writes(self) -> tuple[TableName, ...]:
        """The table or view whose data or existence the statement changes."""
        return (self.target,) if self.target is not None and self.kind in WRITING else ()

    @cached_property
    def reads(self) -> tuple[TableName, ...]:
        """The tables and views whose rows the statement reads, first use first; no CTE, no temporary view."""
        target, temporary = self.target, self.unit.temporary_names
        return tuple(
            name
            for name in read_relations(Cursor(self.tokens, self.template), self.kind)
            if (target is None or name.start != target.start) and name.key not in temporary
        )

    @cached_property
    def details(self) -> Details | None:
        """What the front-end of this kind of statement understood; None when the kind has no front-end."""
        from orchestrator.code.sql.databricks import read_details

        return read_details(self.cursor(), self.kind)

    @cached_property
    def query(self) -> Fragment | None:
        """The query in the statement, from SELECT or WITH on: all of a SELECT, the body of an INSERT or CREATE."""
        return read_query(self.cursor(), self.kind)

    @cached_property
    def tree(self) -> Expression | None:
        """The syntax tree of the whole statement, or None when the parser cannot read this kind or text."""
        from orchestrator.code.sql.tree import parse_statement

        return parse_statement(self)

    @cached_property
    def query_tree(self) -> Expression | None:
        """The syntax tree of `query`; its offsets count from the start of the fragment."""
        from orchestrator.code.sql.tree import parse_fragment

        if self.kind == "SELECT":
            return self.tree
        return parse_fragment(self.query) if self.query is not None else None

    def span_of(self, expression: Expression) -> tuple[int, int] | None:
        """The offsets in the template of the identifiers of a part of `tree` or of `query_tree`."""
        from orchestrator.code.sql.tree import expression_span

        query = self.query
        base = (
            self.start if self.tree is not None and expression.root() is self.tree else query.start if query else None
        )
        return None if base is None else expression_span(expression, base)

    def location_of_expression(self, expression: Expression) -> Location:
        """Where a part of a tree stands; the whole statement when the part names nothing."""
        span = self.span_of(expression)
        return self.unit.location(*span) if span else self.location()
