"""GRANT, REVOKE and DENY: who may do what on which securable."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from orchestrator.code.sql.cursor import Cursor
from orchestrator.code.sql.names import TableName
from orchestrator.code.sql.template import Hole

_SECURABLES: Final = (
    "CATALOG", "SCHEMA", "DATABASE", "TABLE", "VIEW", "FUNCTION", "PROCEDURE", "VOLUME", "MODEL", "SHARE", "RECIPIENT",
    "PROVIDER", "METASTORE", "CONNECTION", "CREDENTIAL", "LOCATION", "CLEANROOM", "GROUP", "FILE",
)  # fmt: skip
_MODIFIERS: Final = ("EXTERNAL", "STORAGE", "SERVICE", "MATERIALIZED", "STREAMING", "ANY", "ANONYMOUS", "CLEAN")


@dataclass(frozen=True, kw_only=True)
class Grant:
    """`GRANT privileges ON type name TO principal`; privileges are in upper case, "ALL PRIVILEGES" is one of them.

    A grant without a type is on a TABLE. `principal_hole` is set when the principal is interpolated.
    """

    action: Literal["grant", "revoke", "deny"]
    privileges: tuple[str, ...]
    securable_type: str
    securable: TableName | None
    principal: str | None
    principal_hole: Hole | None = None
    principal_span: tuple[int, int] = (0, 0)


def read_grant(cursor: Cursor) -> Grant:
    """The details of a GRANT."""
    return _read(cursor, "grant", "TO")


def read_revoke(cursor: Cursor) -> Grant:
    """The details of a REVOKE."""
    return _read(cursor, "revoke", "FROM")


def read_deny(cursor: Cursor) -> Grant:
    """The details of a DENY."""
    return _read(cursor, "deny", "TO")


def _read(cursor: Cursor, action: Literal["grant", "revoke", "deny"], before_principal: str) -> Grant:
    begin = cursor.index
    end = cursor.find("ON", before_principal)
    cursor.index = len(cursor.tokens) if end is None else end
    privileges = _privileges(Cursor(cursor.tokens[begin : cursor.index], cursor.template))
    securable_type, securable = _securable(cursor, before_principal) if cursor.take("ON") else ("", None)
    principal, hole, span = None, None, (0, 0)
    if cursor.skip_to(before_principal):
        cursor.index += 1
        principal, hole, span = _principal(cursor)
    return Grant(
        action=action,
        privileges=privileges,
        securable_type=securable_type,
        securable=securable,
        principal=principal,
        principal_hole=hole,
        principal_span=span,
    )


def _privileges(cursor: Cursor) -> tuple[str, ...]:
    found = []
    for item in cursor.items():
        words = []
        while item.token is not None and item.upper != "(":
            words.append(item.upper or item.token.value)
            item.index += 1
        if words:
            found.append("ALL PRIVILEGES" if words == ["ALL"] else " ".join(words))
    return tuple(found)


def _securable(cursor: Cursor, before_principal: str) -> tuple[str, TableName | None]:
    words = []
    while cursor.upper in _MODIFIERS and cursor.ahead() != ".":
        words.append(cursor.take_any(*_MODIFIERS))
    if cursor.upper in _SECURABLES and cursor.ahead() != ".":
        words.append(cursor.take_any(*_SECURABLES))
    if cursor.upper == before_principal:
        return " ".join(words), None
    kind = " ".join(words).replace("DATABASE", "SCHEMA")
    return kind or "TABLE", cursor.name()


def _principal(cursor: Cursor) -> tuple[str | None, Hole | None, tuple[int, int]]:
    """The principal, which may be quoted, bare, or a bare e-mail address of several tokens."""
    begin = cursor.index
    hole = cursor.hole()
    token = cursor.next()
    if token is None:
        return None, None, (0, 0)
    if token.kind in ("quoted", "string"):
        return token.value, hole, (token.start, token.end)
    while cursor.token is not None and cursor.token.start == cursor.tokens[cursor.index - 1].end:
        cursor.index += 1
    start, end = cursor.tokens[begin].start, cursor.tokens[cursor.index - 1].end
    return cursor.template.text[start:end], hole, (start, end)
