"""The table, view or other securable that a statement is about."""

from __future__ import annotations

from typing import Final

from orchestrator.code.sql.cursor import Cursor
from orchestrator.code.sql.names import TableName

WRITING: Final = frozenset(
    ("INSERT", "INSERT OVERWRITE", "MERGE", "UPDATE", "DELETE", "TRUNCATE", "COPY INTO", "RESTORE", "CLONE",
     "CREATE TABLE", "CREATE VIEW", "CREATE STREAMING TABLE", "CREATE MATERIALIZED VIEW", "CREATE LIVE TABLE",
     "CREATE LIVE VIEW", "CREATE FLOW", "APPLY CHANGES", "AUTO CDC", "DROP TABLE", "DROP VIEW",
     "DROP MATERIALIZED VIEW", "DROP STREAMING TABLE")
)  # fmt: skip
_NO_TARGET: Final = frozenset(
    ("", "SELECT", "GRANT", "REVOKE", "DENY", "SHOW", "EXPLAIN", "SET", "RESET", "BEGIN", "DECLARE",
     "EXECUTE IMMEDIATE", "CALL", "LIST", "CLEAR CACHE")
)  # fmt: skip
_NOISE: Final = frozenset(
    ("TABLE", "INTO", "FROM", "STREAMING", "MATERIALIZED", "VIEW", "LAZY", "EXTENDED", "FORMATTED", "ONCE", "LOCAL",
     "HISTORY", "DETAIL", "TO", "DELTA", "SCHEMA", "DATABASE", "CATALOG", "FUNCTION", "VOLUME", "COLUMN")
)  # fmt: skip


def read_target(cursor: Cursor, kind: str) -> TableName | None:
    """The name after the head, its noise words and IF [NOT] EXISTS; None when the kind has none."""
    if kind in _NO_TARGET:
        return None
    if kind == "CREATE FLOW":
        return _flow_target(cursor)
    cursor.take("WITH", "SCHEMA", "EVOLUTION")
    _skip_noise(cursor)
    if cursor.upper == "DIRECTORY":
        return None
    return cursor.name()


def _skip_noise(cursor: Cursor) -> None:
    """Step over words before the name; a word followed by a dot or the end is the name itself."""
    while True:
        if cursor.take("IF", "NOT", "EXISTS") or cursor.take("IF", "EXISTS"):
            continue
        if cursor.upper not in _NOISE or cursor.ahead() in (".", "", "("):
            return
        cursor.index += 1


def _flow_target(cursor: Cursor) -> TableName | None:
    """The table after INTO, which is what a flow feeds."""
    if not cursor.skip_to("INTO"):
        return None
    cursor.index += 1
    _skip_noise(cursor)
    return cursor.name()
