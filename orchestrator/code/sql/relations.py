"""Which tables a statement reads: told from its tokens, so that it also works where no parser does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from orchestrator.code.sql.cursor import Cursor
from orchestrator.code.sql.names import TableName

_ENDS_FROM: Final = frozenset(
    ("WHERE", "GROUP", "ORDER", "HAVING", "SELECT", "UNION", "EXCEPT", "INTERSECT", "MINUS", "LIMIT", "QUALIFY",
     "WINDOW", "SET", "LATERAL", "WHEN", "KEYS", "SORT", "DISTRIBUTE", "CLUSTER", "|>", "WATERMARK")
)  # fmt: skip
_READS_NOTHING: Final = frozenset(
    ("", "SHOW", "GRANT", "REVOKE", "DENY", "DESCRIBE", "BEGIN", "SET", "USE CATALOG", "USE SCHEMA", "CREATE POLICY",
     "CREATE SHARE", "ALTER SHARE", "CREATE RECIPIENT", "ALTER RECIPIENT", "COMMENT ON", "VACUUM")
)  # fmt: skip
_NOT_A_NAME: Final = frozenset(("LATERAL", "VALUES", "SELECT", "UNNEST", "WITH", "(", "JSON_TABLE"))
_WRAPPERS: Final = frozenset(("STREAM", "TABLE", "LIVE", "SNAPSHOT"))


class _Level:
    """What is known inside one pair of brackets."""

    __slots__ = ("has_select", "in_from", "wants")

    def __init__(self, *, has_select: bool, wants: bool) -> None:
        self.has_select = has_select
        self.in_from = wants
        self.wants = wants


def read_relations(cursor: Cursor, kind: str) -> Iterator[TableName]:
    """Every name in a FROM, JOIN or USING clause, in order; names of common table expressions are left out."""
    if kind in _READS_NOTHING:
        return
    defined = _common_tables(cursor)
    levels = [_Level(has_select=True, wants=False)]
    while cursor.token is not None:
        name = _step(cursor, levels, kind)
        if name is not None and not (len(name.parts) == 1 and name.key[0] in defined):
            yield name


def _step(cursor: Cursor, levels: list[_Level], kind: str) -> TableName | None:
    level, upper = levels[-1], cursor.upper
    if upper == "(":
        levels.append(_Level(has_select=False, wants=level.wants))
        level.wants = False
    elif upper == ")":
        if len(levels) > 1:
            levels.pop()
    elif level.wants and upper not in _NOT_A_NAME:
        return _relation(cursor, level)
    else:
        _keyword(cursor, level, kind)
    cursor.index += 1
    return None


def _keyword(cursor: Cursor, level: _Level, kind: str) -> None:
    """Take note of a word that opens, continues or ends a list of relations."""
    upper = cursor.upper
    if upper in ("SELECT", "WITH"):
        level.has_select = True
        level.wants = level.in_from = False
    elif upper == "FROM":
        level.wants = level.in_from = level.has_select and not _is_comparison(cursor)
    elif upper == "JOIN" or (upper == "," and level.in_from) or (upper == "USING" and kind == "MERGE"):
        level.wants = level.in_from = True
    elif upper in _ENDS_FROM:
        level.wants = level.in_from = False
    elif upper in ("LIKE", "CLONE") and kind in ("CREATE TABLE", "CLONE"):
        level.wants = not level.in_from
    elif level.wants:
        level.wants = False


def _is_comparison(cursor: Cursor) -> bool:
    """`IS [NOT] DISTINCT FROM` compares; `SELECT DISTINCT FROM` does not occur."""
    return cursor.ahead(-1) == "DISTINCT" and cursor.ahead(-2) in ("IS", "NOT")


def _relation(cursor: Cursor, level: _Level) -> TableName | None:
    """The table under the cursor, or nothing when it is a table function or a file."""
    level.wants = False
    if cursor.upper in _WRAPPERS and cursor.ahead() == "(":
        inner = cursor.tokens[cursor.index + 2] if cursor.index + 2 < len(cursor.tokens) else None
        if inner is not None and inner.is_name and cursor.ahead(3) != "(" and inner.upper != "SELECT":
            cursor.index += 2
            return cursor.name()
        cursor.index += 1
        return None
    if cursor.upper == "STREAM" and cursor.ahead() not in (".", "", ",", ")"):
        cursor.index += 1
    token = cursor.token
    if token is None or token.kind in ("string", "number", "operator"):
        cursor.index += 1
        return None
    name = cursor.name()
    is_call = name is not None and not name.dynamic and cursor.upper == "("
    return None if is_call else name


def _common_tables(cursor: Cursor) -> frozenset[str]:
    """The names before `AS (` or `(columns) AS (` in the statement's WITH clauses."""
    if all(token.upper not in ("WITH", "AS") for token in cursor.tokens):
        return frozenset()
    found = set()
    tokens = cursor.tokens
    for index in range(2, len(tokens)):
        if tokens[index].upper != "(" or tokens[index - 1].upper != "AS":
            continue
        named = index - 2
        if tokens[named].upper == ")":
            named = _opening(cursor, named) - 1
        if named >= 1 and tokens[named].is_name and tokens[named - 1].upper in ("WITH", ",", "RECURSIVE"):
            found.add(tokens[named].value.lower())
    return frozenset(found)


def _opening(cursor: Cursor, index: int) -> int:
    depth = 0
    for position in range(index, -1, -1):
        upper = cursor.tokens[position].upper
        depth += (upper == ")") - (upper == "(")
        if depth == 0:
            return position
    return 0
