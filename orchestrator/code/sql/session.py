"""SET and USE: what a statement changes for those after it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from orchestrator.code.sql.cursor import Cursor
from orchestrator.code.sql.names import TableName
from orchestrator.code.sql.template import Hole


@dataclass(frozen=True, kw_only=True)
class SetConf:
    """`SET key = value`; the value is as written without quotes, None when the statement only asks for it."""

    key: str
    value: str | None
    holes: tuple[Hole, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Use:
    """`USE CATALOG name` or `USE [SCHEMA] name`."""

    level: Literal["catalog", "schema"]
    name: TableName | None


def read_set(cursor: Cursor) -> SetConf:
    """The details of a SET; keys may hold dots and dashes."""
    key = cursor.until("=")
    cursor.take("=")
    value = cursor.rest()
    return SetConf(
        key=_unquoted(key.text) if key else "",
        value=_unquoted(value.text) if value else None,
        holes=value.holes if value else (),
    )


def _unquoted(text: str) -> str:
    text = text.strip()
    if len(text) >= len("''") and text[0] == text[-1] and text[0] in "'\"`":
        return text[1:-1]
    return text


def read_use_catalog(cursor: Cursor) -> Use:
    """The details of a USE CATALOG."""
    return Use(level="catalog", name=cursor.name())


def read_use_schema(cursor: Cursor) -> Use:
    """The details of a USE SCHEMA."""
    return Use(level="schema", name=cursor.name())
