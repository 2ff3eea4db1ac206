"""The normalised head of a statement: what kind of statement it is, and where its target stands."""

from __future__ import annotations

from typing import Final

from orchestrator.code.sql.cursor import Cursor

_PLAIN: Final = {
    "SELECT": "SELECT", "VALUES": "SELECT", "UPDATE": "UPDATE", "DELETE": "DELETE", "MERGE": "MERGE", "GRANT": "GRANT",
    "TRUNCATE": "TRUNCATE", "VACUUM": "VACUUM", "OPTIMIZE": "OPTIMIZE", "ANALYZE": "ANALYZE", "REVOKE": "REVOKE",
    "DENY": "DENY", "SHOW": "SHOW", "EXPLAIN": "EXPLAIN", "SET": "SET", "RESET": "RESET", "CACHE": "CACHE",
    "UNCACHE": "UNCACHE", "REFRESH": "REFRESH", "RESTORE": "RESTORE", "REORG": "REORG", "MSCK": "MSCK", "CALL": "CALL",
    "DECLARE": "DECLARE", "LIST": "LIST", "BEGIN": "BEGIN", "TABLE": "SELECT", "DESCRIBE": "DESCRIBE",
    "DESC": "DESCRIBE", "FSCK": "FSCK", "UNDROP": "UNDROP", "CONVERT": "CONVERT", "GENERATE": "GENERATE",
}  # fmt: skip
_PAIRS: Final = {
    ("COPY", "INTO"): "COPY INTO", ("EXECUTE", "IMMEDIATE"): "EXECUTE IMMEDIATE", ("COMMENT", "ON"): "COMMENT ON",
    ("APPLY", "CHANGES"): "APPLY CHANGES", ("AUTO", "CDC"): "AUTO CDC", ("CLEAR", "CACHE"): "CLEAR CACHE",
    ("REPAIR", "TABLE"): "MSCK", ("SET", "TAG"): "SET TAG", ("UNSET", "TAG"): "UNSET TAG",
}  # fmt: skip
_OBJECTS: Final = frozenset(
    ("TABLE", "VIEW", "FUNCTION", "SCHEMA", "CATALOG", "FLOW", "SHARE", "RECIPIENT", "PROVIDER", "POLICY", "VOLUME",
     "CONNECTION", "PROCEDURE", "INDEX", "MODEL", "MACRO", "ROLE", "GROUP", "USER", "VARIABLE", "TRIGGER",
     "LOCATION", "CREDENTIAL", "METASTORE", "CLEANROOM", "SERVER", "BLOOMFILTER", "STREAM")
)  # fmt: skip
_MODIFIERS: Final = frozenset(
    ("OR", "REPLACE", "REFRESH", "TEMP", "TEMPORARY", "GLOBAL", "EXTERNAL", "FOREIGN", "PRIVATE", "MANAGED", "STORAGE",
     "SERVICE", "TRANSIENT", "SECURE", "INCREMENTAL")
)  # fmt: skip
_SYNONYMS: Final = {"DATABASE": "SCHEMA", "SCHEMA": "SCHEMA", "TABLES": "TABLE"}
_QUERY: Final = frozenset(("SELECT", "INSERT", "UPDATE", "DELETE", "MERGE", "FROM", "VALUES", "TABLE"))

HEADS: Final = (
    frozenset(_PLAIN) | {first for first, _ in _PAIRS} | {"CREATE", "ALTER", "DROP", "INSERT", "WITH", "USE", "FROM"}
)


def read_kind(cursor: Cursor) -> str:
    """The kind of the statement, with the cursor left on what follows the head; empty when it is unknown."""
    _skip_to_head(cursor)
    first, second = cursor.upper, cursor.ahead()
    if (first, second) in _PAIRS:
        cursor.index += 2
        return _PAIRS[first, second]
    match first:
        case "CREATE" | "ALTER" | "DROP":
            return _definition(cursor, first)
        case "INSERT":
            return _insert(cursor)
        case "USE":
            return _use(cursor)
        case "WITH":
            return _after_with(cursor)
        case "FROM":
            return _from_first(cursor)
    return _plain(cursor, first)


def _plain(cursor: Cursor, first: str) -> str:
    kind = _PLAIN.get(first, "")
    if kind and first not in ("VALUES", "TABLE"):
        cursor.index += 1
    if first == "(" and any(token.upper in _QUERY for token in cursor.tokens[:8]):
        return "SELECT"
    return kind


def _skip_to_head(cursor: Cursor) -> None:
    """Step over holes that stand before the head, as Jinja macros and optional prefixes do."""
    index = 0
    while index < len(cursor.tokens) and _is_hole(cursor, index):
        index += 1
    if index and index < len(cursor.tokens) and cursor.tokens[index].upper in HEADS:
        cursor.index = index


def _is_hole(cursor: Cursor, index: int) -> bool:
    token = cursor.tokens[index]
    holes = cursor.template.holes_in(token.start, token.end)
    return bool(holes) and (holes[0].start, holes[-1].end) == (token.start, token.end)


def _definition(cursor: Cursor, verb: str) -> str:
    """CREATE, ALTER or DROP of something; `CREATE TABLE ... CLONE` is a kind of its own."""
    cursor.index += 1
    while cursor.upper in _MODIFIERS and not (verb == "ALTER" and cursor.upper == "REFRESH"):
        cursor.index += 1
    if cursor.upper in ("STREAMING", "MATERIALIZED", "LIVE"):
        return _dataset(cursor, verb)
    word = _SYNONYMS.get(cursor.upper, cursor.upper)
    if word not in _OBJECTS:
        return verb if cursor.index < len(cursor.tokens) else ""
    cursor.index += 1
    if verb == "CREATE" and word == "TABLE" and _is_clone(cursor):
        return "CLONE"
    return f"{verb} {word}"


def _is_clone(cursor: Cursor) -> bool:
    """Whether CLONE comes before any AS: `VERSION AS OF` may follow it."""
    clone = cursor.find("CLONE")
    return clone is not None and cursor.find("CLONE", "AS") == clone


def _dataset(cursor: Cursor, verb: str) -> str:
    """A pipeline dataset: STREAMING [LIVE] TABLE, MATERIALIZED VIEW, LIVE TABLE or LIVE VIEW."""
    first = cursor.take_any("STREAMING", "MATERIALIZED", "LIVE")
    if first == "STREAMING" and cursor.take("LIVE", "TABLE"):
        return f"{verb} LIVE TABLE"
    kind = cursor.take_any("TABLE", "VIEW")
    return f"{verb} {first} {kind}" if kind else verb


def _insert(cursor: Cursor) -> str:
    cursor.index += 1
    if cursor.take("OVERWRITE"):
        return "INSERT OVERWRITE"
    cursor.take("INTO")
    return "INSERT"


def _use(cursor: Cursor) -> str:
    cursor.index += 1
    if cursor.take("CATALOG"):
        return "USE CATALOG"
    cursor.take_any("SCHEMA", "DATABASE")
    return "USE SCHEMA"


def _after_with(cursor: Cursor) -> str:
    """The kind of what follows the common table expressions."""
    index = cursor.find(*(_QUERY - {"VALUES", "TABLE"}))
    if index is None:
        return "SELECT"
    start, cursor.index = cursor.index, index
    if cursor.upper == "INSERT":
        return _insert(cursor)
    if cursor.upper in ("SELECT", "FROM"):
        cursor.index = start
        return "SELECT"
    return _plain(cursor, cursor.upper)


def _from_first(cursor: Cursor) -> str:
    """`FROM t SELECT ...` and pipe syntax are queries; `FROM t INSERT INTO ...` writes."""
    index = cursor.find("INSERT")
    if index is None:
        return "SELECT"
    cursor.index = index
    return _insert(cursor)
