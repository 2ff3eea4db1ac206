"""Where in the SQL a placeholder stands: as a name, as a value, or as a clause of its own."""

from __future__ import annotations

from bisect import bisect_right
from typing import Final, Literal, NamedTuple

from orchestrator.code.sql.tokens import Token, has_sql_head, lex

Role = Literal["identifier", "value", "keyword"]

_NAME_FOLLOWS: Final = frozenset(
    ("FROM", "JOIN", "INTO", "TABLE", "TABLES", "VIEW", "UPDATE", "SCHEMA", "DATABASE", "CATALOG", "VOLUME", "FUNCTION",
     "SHARE", "RECIPIENT", "USING", "EXISTS", "STREAM", "CLONE", "DESCRIBE", "DESC", "OVERWRITE", "VACUUM", "OPTIMIZE",
     "AS", ".", "SELECT", "BY", "DISTINCT", "COLUMN", "TO", "USE", "TRUNCATE", "IN")
)  # fmt: skip
_VALUE_FOLLOWS: Final = frozenset(
    ("=", "==", "<", ">", "<=", ">=", "<>", "!=", "<=>", "+", "-", "*", "/", "%", "||", "(", ",", "LIKE", "RLIKE",
     "ILIKE", "BETWEEN", "AND", "OR", "NOT", "LIMIT", "INTERVAL", "THEN", "ELSE", "WHEN", "RETAIN", "VALUES", "OF",
     "WHERE", "ON", "HAVING", "=>", "OFFSET")
)  # fmt: skip


class PlaceholderRole(NamedTuple):
    """What a placeholder is in the statement around it; `quoted` means inside a quoted literal."""

    quoted: bool
    position: Role


def placeholder_roles(text: str, offsets: list[int]) -> list[PlaceholderRole]:
    """For each offset the role of the word that stands there; text without SQL is not tokenised."""
    if not has_sql_head(text):
        return [PlaceholderRole(quoted=False, position="value")] * len(offsets)
    tokens = lex(text).tokens
    starts = [token.start for token in tokens]
    return [_role(tokens, bisect_right(starts, offset) - 1, offset) for offset in offsets]


def _role(tokens: tuple[Token, ...], index: int, offset: int) -> PlaceholderRole:
    if index < 0 or tokens[index].end <= offset:
        return PlaceholderRole(quoted=False, position="value")
    kind = tokens[index].kind
    if kind in ("string", "body"):
        return PlaceholderRole(quoted=kind == "string", position="value")
    if kind == "quoted":
        return PlaceholderRole(quoted=False, position="identifier")
    return PlaceholderRole(quoted=False, position=_word_role(tokens, index))


def _word_role(tokens: tuple[Token, ...], index: int) -> Role:
    following = tokens[index + 1].upper if index + 1 < len(tokens) else ""
    preceding = tokens[index - 1].upper if index else ";"
    if following in (".", "(") or preceding in _NAME_FOLLOWS:
        return "identifier"
    if preceding in _VALUE_FOLLOWS:
        return "value"
    return "keyword"
