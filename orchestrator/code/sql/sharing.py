"""Delta Sharing: shares and recipients."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from orchestrator.code.sql.cursor import Cursor
from orchestrator.code.sql.names import TableName
from orchestrator.code.sql.policies import key_values

_OBJECTS: Final = ("TABLE", "VIEW", "SCHEMA", "VOLUME", "MODEL", "FUNCTION", "DATABASE")


@dataclass(frozen=True, kw_only=True)
class Share:
    """`CREATE SHARE name` or `ALTER SHARE name ADD | REMOVE type object ...`.

    `action` is "create" or the first word after the name in lower case; `history` is True for WITH HISTORY, False for
    WITHOUT HISTORY, None when neither stands there.
    """

    name: TableName | None
    action: str
    object_type: str = ""
    object: TableName | None = None
    alias: TableName | None = None
    partitioned: bool = False
    history: bool | None = None
    comment: str | None = None


@dataclass(frozen=True, kw_only=True)
class Recipient:
    """`CREATE | ALTER RECIPIENT name [USING ID '...'] ...`; without `sharing_id` the recipient uses open sharing."""

    name: TableName | None
    action: str
    sharing_id: str | None = None
    properties: tuple[tuple[str, str], ...] = ()
    ip_access_list: tuple[str, ...] = ()
    comment: str | None = None


def read_create_share(cursor: Cursor) -> Share:
    """The details of a CREATE SHARE."""
    cursor.take("IF", "NOT", "EXISTS")
    name = cursor.name()
    return Share(name=name, action="create", comment=_comment(cursor))


def read_alter_share(cursor: Cursor) -> Share:
    """The details of an ALTER SHARE."""
    name = cursor.name()
    action = cursor.upper.lower()
    cursor.index += 1
    object_type = cursor.take_any("MATERIALIZED", "STREAMING") and cursor.take_any("VIEW", "TABLE")
    object_type = object_type or cursor.take_any(*_OBJECTS)
    shared = cursor.name() if object_type else None
    words = [token.upper for token in cursor.tokens[cursor.index :]]
    history = None if "HISTORY" not in words else "WITHOUT" not in words
    alias = None
    partitioned = "PARTITION" in words
    if cursor.skip_to("AS") and cursor.take("AS"):
        alias = cursor.name()
    return Share(
        name=name,
        action=action,
        object_type=object_type,
        object=shared,
        alias=alias,
        partitioned=partitioned,
        history=history,
        comment=_comment(cursor),
    )


def read_create_recipient(cursor: Cursor) -> Recipient:
    """The details of a CREATE RECIPIENT."""
    cursor.take("IF", "NOT", "EXISTS")
    return _recipient(cursor, "create")


def read_alter_recipient(cursor: Cursor) -> Recipient:
    """The details of an ALTER RECIPIENT."""
    return _recipient(cursor, "alter")


def _recipient(cursor: Cursor, action: str) -> Recipient:
    name = cursor.name()
    sharing_id: str | None = None
    properties: tuple[tuple[str, str], ...] = ()
    addresses: tuple[str, ...] = ()
    begin = cursor.index
    if cursor.skip_to("USING") and cursor.take("USING", "ID"):
        sharing_id = cursor.string()
    cursor.index = begin
    if cursor.skip_to("PROPERTIES") and cursor.take("PROPERTIES"):
        properties = key_values(cursor)
    cursor.index = begin
    if cursor.skip_to("IP") and cursor.skip_to("("):
        inner = cursor.group()
        addresses = tuple(token.value for token in inner.tokens if token.kind == "string") if inner else ()
    cursor.index = begin
    return Recipient(
        name=name,
        action=action,
        sharing_id=sharing_id,
        properties=properties,
        ip_access_list=addresses,
        comment=_comment(cursor),
    )


def _comment(cursor: Cursor) -> str | None:
    return cursor.string() if cursor.skip_to("COMMENT") and cursor.take("COMMENT") else None
