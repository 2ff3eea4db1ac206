"""The query inside a statement: what a SELECT is, and what an INSERT or a CREATE takes its rows from."""

from __future__ import annotations

from typing import Final

from orchestrator.code.sql.cursor import Cursor, Fragment

_HEADS: Final = ("SELECT", "WITH", "FROM", "VALUES")
_AFTER_AS: Final = frozenset(
    ("CREATE TABLE", "CREATE VIEW", "CREATE STREAMING TABLE", "CREATE MATERIALIZED VIEW", "CREATE LIVE TABLE",
     "CREATE LIVE VIEW", "CACHE")
)  # fmt: skip
_ANYWHERE: Final = frozenset(("INSERT", "INSERT OVERWRITE", "CREATE FLOW", "CREATE FUNCTION", "EXPLAIN"))


def read_query(cursor: Cursor, kind: str) -> Fragment | None:
    """The query of the statement whose head the cursor has passed, without brackets around it; None if it has none."""
    if kind == "SELECT":
        cursor.index = 0
        return cursor.rest()
    if kind in _AFTER_AS:
        return _after_as(cursor)
    if kind not in _ANYWHERE:
        return None
    cursor.take("WITH", "SCHEMA", "EVOLUTION")
    return cursor.rest() if cursor.skip_to(*_HEADS) else _bracketed(cursor)


def _after_as(cursor: Cursor) -> Fragment | None:
    """The query after AS, or the one that stands there without AS."""
    while cursor.skip_to("AS", "SELECT"):
        cursor.take("AS")
        if cursor.upper in _HEADS:
            return cursor.rest()
        if cursor.upper == "(" and cursor.ahead() in _HEADS:
            return _inside(cursor)
    return None


def _bracketed(cursor: Cursor) -> Fragment | None:
    """The query of `INSERT INTO t (SELECT ...)`."""
    while cursor.skip_to("("):
        if cursor.ahead() in _HEADS:
            return _inside(cursor)
        cursor.index = cursor.group_end()
    return None


def _inside(cursor: Cursor) -> Fragment | None:
    inner = cursor.group()
    return inner.rest() if inner is not None else None
