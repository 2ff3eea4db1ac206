"""CREATE TABLE and its kin: views, streaming tables, materialized views, clones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from orchestrator.code.sql.columns import Column, Expectation, read_columns
from orchestrator.code.sql.cursor import Cursor, Fragment
from orchestrator.code.sql.maintenance import column_list
from orchestrator.code.sql.names import TableName
from orchestrator.code.sql.policies import RowFilter, key_values, read_row_filter

TableForm = Literal["table", "view", "streaming table", "materialized view", "live table", "live view"]

_FORMS: Final[dict[str, TableForm]] = {
    "CREATE TABLE": "table",
    "CREATE VIEW": "view",
    "CREATE STREAMING TABLE": "streaming table",
    "CREATE MATERIALIZED VIEW": "materialized view",
    "CREATE LIVE TABLE": "live table",
    "CREATE LIVE VIEW": "live view",
}


@dataclass(frozen=True, kw_only=True)
class CreateTable:
    """A table, view or pipeline dataset as it is declared.

    `cluster_by` is ("AUTO",) or ("NONE",) for those words, None without the clause; `comment` and the values of
    `properties` are unquoted.
    """

    form: TableForm
    name: TableName | None
    columns: tuple[Column, ...] = ()
    expectations: tuple[Expectation, ...] = ()
    primary_key: tuple[str, ...] = ()
    using: str = ""
    location: str | None = None
    partitioned_by: tuple[str, ...] = ()
    cluster_by: tuple[str, ...] | None = None
    properties: tuple[tuple[str, str], ...] = ()
    options: tuple[tuple[str, str], ...] = ()
    comment: str | None = None
    row_filter: RowFilter | None = None
    schedule: Fragment | None = None
    like: TableName | None = None
    as_select: bool = False
    temporary: bool = False
    or_replace: bool = False
    or_refresh: bool = False
    if_not_exists: bool = False
    external: bool = False
    streaming: bool = False
    """Whether the dataset is a stream: STREAMING TABLE or STREAMING LIVE TABLE."""


@dataclass(frozen=True, kw_only=True)
class Clone:
    """`CREATE [OR REPLACE] TABLE target SHALLOW | DEEP CLONE source`; without the word a clone is deep."""

    kind: Literal["shallow", "deep"]
    target: TableName | None
    source: TableName | None
    version: Fragment | None = None


@dataclass(kw_only=True)
class _Clauses:
    """What the clauses after the column list say, while they are read."""

    using: str = ""
    location: str | None = None
    partitioned_by: tuple[str, ...] = ()
    cluster_by: tuple[str, ...] | None = None
    properties: tuple[tuple[str, str], ...] = ()
    options: tuple[tuple[str, str], ...] = ()
    comment: str | None = None
    row_filter: RowFilter | None = None
    schedule: Fragment | None = None
    like: TableName | None = None


def read_create_table(cursor: Cursor, kind: str) -> CreateTable:
    """The details of a CREATE of a table, a view or a pipeline dataset."""
    head = {token.upper for token in cursor.tokens[: cursor.index]}
    if_not_exists = cursor.take("IF", "NOT", "EXISTS")
    name = cursor.name()
    columns = read_columns(cursor.group())
    begin = cursor.index
    query = _query_start(cursor)
    clauses = _read_clauses(Cursor(cursor.tokens[begin:query], cursor.template), name)
    return CreateTable(
        form=_FORMS.get(kind, "table"),
        name=name,
        columns=columns.columns,
        expectations=columns.expectations,
        primary_key=columns.primary_key,
        using=clauses.using,
        location=clauses.location,
        partitioned_by=clauses.partitioned_by,
        cluster_by=clauses.cluster_by,
        properties=clauses.properties,
        options=clauses.options,
        comment=clauses.comment,
        row_filter=clauses.row_filter,
        schedule=clauses.schedule,
        like=clauses.like,
        as_select=query is not None,
        temporary=bool(head & {"TEMP", "TEMPORARY"}),
        or_replace="REPLACE" in head,
        or_refresh="REFRESH" in head,
        if_not_exists=if_not_exists,
        external="EXTERNAL" in head,
        streaming="STREAMING" in head,
    )


def _query_start(cursor: Cursor) -> int | None:
    """The index of the AS, or of the bare query, that gives the rows."""
    found = cursor.find("AS", "SELECT", "WITH")
    while found is not None and cursor.tokens[found].upper == "WITH" and cursor.tokens[found:][1:2]:
        if cursor.tokens[found + 1].kind in ("word", "quoted") and cursor.tokens[found + 1].upper != "ROW":
            return found
        found = cursor.find("AS", "SELECT", "WITH", start=found + 1)
    return found


def _read_clauses(cursor: Cursor, name: TableName | None) -> _Clauses:
    found = _Clauses()
    while cursor.token is not None:
        if cursor.upper == "(":
            cursor.index = cursor.group_end()
        elif not (_layout(cursor, found) or _description(cursor, found, name)):
            cursor.index += 1
    return found


def _layout(cursor: Cursor, found: _Clauses) -> bool:
    """Read a clause about how and where the rows are stored, if one begins here."""
    if cursor.take("USING"):
        found.using = cursor.identifier() or ""
    elif cursor.take("LOCATION"):
        found.location = cursor.string()
    elif cursor.take("PARTITIONED", "BY") or cursor.take("PARTITION", "BY"):
        found.partitioned_by = _partition_columns(cursor)
    elif cursor.take("CLUSTER", "BY"):
        found.cluster_by = column_list(cursor) if cursor.upper == "(" else (cursor.take_any("AUTO", "NONE"),)
    elif cursor.take("SCHEDULE"):
        found.schedule = cursor.until("AS", "COMMENT", "TBLPROPERTIES", "WITH")
    else:
        return False
    return True


def _description(cursor: Cursor, found: _Clauses, name: TableName | None) -> bool:
    """Read a clause about what the table is, if one begins here."""
    if cursor.take("TBLPROPERTIES"):
        found.properties = key_values(cursor)
    elif cursor.take("OPTIONS"):
        found.options = key_values(cursor)
    elif cursor.take("COMMENT"):
        found.comment = cursor.string()
    elif cursor.take("WITH", "ROW", "FILTER") or cursor.take("ROW", "FILTER"):
        found.row_filter = read_row_filter(cursor, name)
    elif cursor.take("LIKE"):
        found.like = cursor.name()
    else:
        return False
    return True


def _partition_columns(cursor: Cursor) -> tuple[str, ...]:
    """Partition columns, which in Hive style carry their types."""
    inner = cursor.group()
    return tuple(item.tokens[0].value for item in inner.items()) if inner is not None else ()


def read_clone(cursor: Cursor) -> Clone:
    """The details of a clone."""
    cursor.take("IF", "NOT", "EXISTS")
    target = cursor.name()
    kind: Literal["shallow", "deep"] = "shallow" if cursor.upper == "SHALLOW" else "deep"
    source = None
    if cursor.skip_to("CLONE") and cursor.take("CLONE"):
        source = cursor.name()
    return Clone(kind=kind, target=target, source=source, version=cursor.until("TBLPROPERTIES", "LOCATION"))
