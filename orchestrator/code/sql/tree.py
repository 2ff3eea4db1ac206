"""Syntax trees by sqlglot, loaded on the first question and never trusted to survive."""

from __future__ import annotations

import logging
from functools import cache
from typing import TYPE_CHECKING, Final, Protocol

from orchestrator.code.sql.cursor import Cursor, Fragment
from orchestrator.code.sql.template import Hole
from orchestrator.code.sql.tokens import Token

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlglot.exp import Expression

    from orchestrator.code.sql.statement import Statement

MAX_TREE_TOKENS: Final = 20_000
MAX_DEPTH: Final = 30

_PARSED: Final = frozenset(
    ("SELECT", "INSERT", "INSERT OVERWRITE", "MERGE", "UPDATE", "DELETE", "CREATE TABLE", "CREATE VIEW", "CLONE",
     "CREATE FUNCTION", "CREATE SCHEMA", "ALTER TABLE", "DROP TABLE", "DROP VIEW", "DROP SCHEMA", "TRUNCATE",
     "DESCRIBE", "COPY INTO", "CACHE")
)  # fmt: skip


class _Parser(Protocol):
    def __call__(self, text: str) -> Expression | None:
        """The tree of one statement."""


@cache
def _parser() -> _Parser:
    """The Databricks parser; sqlglot is imported here, and its logger speaks no more."""
    import sqlglot
    from sqlglot import exp
    from sqlglot.errors import SqlglotError

    logging.getLogger("sqlglot").setLevel(logging.CRITICAL + 1)
    # Hostile text makes the parser fail in ways it does not announce; each of them means "no tree".
    failures = (SqlglotError, RecursionError, ValueError, TypeError, AttributeError, LookupError)

    def parse(text: str) -> Expression | None:
        try:
            tree = sqlglot.parse_one(text, read="databricks")
        except failures:
            return None
        return tree if isinstance(tree, exp.Expression) and not isinstance(tree, exp.Command) else None

    return parse


def parse_statement(statement: Statement) -> Expression | None:
    """The tree of the statement, with the clauses that sqlglot does not know blanked out."""
    if statement.kind not in _PARSED or not _is_tractable(statement.tokens):
        return None
    clauses = _unknown_clauses(Cursor(statement.tokens, statement.template))
    return _parsed(_masked(statement.text, statement.start, clauses), statement.start, statement.holes)


def parse_fragment(fragment: Fragment) -> Expression | None:
    """The tree of a part of a statement that is a query of its own."""
    if not _is_tractable(fragment.tokens):
        return None
    clauses = [span for index in range(len(fragment.tokens)) for span in _watermark(fragment.tokens, index)]
    return _parsed(_masked(fragment.text, fragment.start, clauses), fragment.start, fragment.holes)


def _parsed(text: str, base: int, holes: tuple[Hole, ...]) -> Expression | None:
    """The tree of the text; when there is none, that of the text without the holes that stand for whole clauses."""
    parse = _parser()
    tree = parse(text)
    clauses = [(hole.start, hole.end) for hole in holes if hole.position == "keyword" and not hole.quoted]
    return parse(_masked(text, base, clauses)) if tree is None and clauses else tree


def expression_span(expression: Expression, base: int) -> tuple[int, int] | None:
    """The offsets, counted from `base`, between the first and the last identifier of the expression."""
    from sqlglot import exp

    spans = [
        (int(node.meta["start"]), int(node.meta["end"]))
        for node in expression.find_all(exp.Identifier, exp.Star, exp.Column)
        if "start" in node.meta and "end" in node.meta
    ]
    if not spans:
        return None
    return base + min(start for start, _ in spans), base + max(end for _, end in spans) + 1


def _is_tractable(tokens: Sequence[Token]) -> bool:
    """Whether a recursive parser can be asked: not too long, brackets and CASE not too deep."""
    if len(tokens) > MAX_TREE_TOKENS:
        return False
    depth = deepest = 0
    for token in tokens:
        if token.upper in ("(", "[", "CASE"):
            depth += 1
            deepest = max(deepest, depth)
        elif token.upper in (")", "]", "END"):
            depth -= 1
    return deepest <= MAX_DEPTH


def _unknown_clauses(cursor: Cursor) -> list[tuple[int, int]]:
    """The spans that sqlglot stumbles over and that carry no names."""
    spans: list[tuple[int, int]] = []
    tokens = cursor.tokens
    for index, token in enumerate(tokens):
        cursor.index = index
        if token.upper == "WITH" and cursor.at("WITH", "SCHEMA", "EVOLUTION"):
            spans.append((token.start, tokens[index + 2].end))
        if token.upper == "MASK":
            spans.append((token.start, _after_name(cursor)))
        spans.extend(_watermark(tokens, index))
    return spans


def _after_name(cursor: Cursor) -> int:
    """The end of the name that follows the word under the cursor."""
    cursor.index += 1
    name = cursor.name()
    return name.end if name is not None else cursor.tokens[cursor.index - 1].end


def _watermark(tokens: Sequence[Token], index: int) -> list[tuple[int, int]]:
    """The span of `WATERMARK column DELAY OF INTERVAL n unit` when it begins at this index."""
    if tokens[index].upper != "WATERMARK":
        return []
    for position in range(index + 1, min(index + 12, len(tokens) - 4)):
        if tokens[position].upper == "DELAY" and tokens[position + 2].upper == "INTERVAL":
            return [(tokens[index].start, tokens[position + 4].end)]
    return []


def _masked(text: str, base: int, spans: list[tuple[int, int]]) -> str:
    """The text with these spans blanked, so that offsets stay."""
    parts, done = [], base
    for start, end in sorted(spans):
        parts.append(text[done - base : max(start, done) - base])
        parts.append(" " * (end - max(start, done)))
        done = max(end, done)
    return "".join(parts) + text[done - base :]
