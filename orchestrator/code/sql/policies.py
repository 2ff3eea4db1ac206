"""Row filters, column masks and ABAC policies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from orchestrator.code.sql.cursor import Cursor, Fragment
from orchestrator.code.sql.maintenance import column_list
from orchestrator.code.sql.names import TableName
from orchestrator.code.sql.tokens import Token


@dataclass(frozen=True, kw_only=True)
class Mask:
    """A mask set on or dropped from a column; `function` is None when it is dropped."""

    table: TableName | None
    column: str
    function: TableName | None
    using: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class RowFilter:
    """A row filter set on or dropped from a table; `function` is None when it is dropped."""

    table: TableName | None
    function: TableName | None
    columns: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class AlterTable:
    """`ALTER TABLE name ...`: masks, filters, tags and properties it changes; `action` is the first words.

    `tags` and `properties` are keys with values as written, without quotes; `tag_column` names the column tagged.
    """

    table: TableName | None
    action: str
    masks: tuple[Mask, ...] = ()
    row_filter: RowFilter | None = None
    tags: tuple[tuple[str, str], ...] = ()
    tag_column: str | None = None
    properties: tuple[tuple[str, str], ...] = ()
    cluster_by: tuple[str, ...] | None = None
    rest: Fragment | None = None


@dataclass(frozen=True, kw_only=True)
class Policy:
    """`CREATE POLICY name ON type securable COLUMN MASK | ROW FILTER function TO principals ...`."""

    name: TableName | None
    securable_type: str
    securable: TableName | None
    kind: Literal["COLUMN MASK", "ROW FILTER", "GRANT", ""]
    function: TableName | None
    to: tuple[str, ...] = ()
    excepted: tuple[str, ...] = ()
    when: Fragment | None = None
    match_columns: Fragment | None = None
    tags: tuple[str, ...] = ()


def key_values(cursor: Cursor) -> tuple[tuple[str, str], ...]:
    """The pairs in the bracketed list under the cursor: `'k' = 'v'`, `k = v`, `k v` or a lone key."""
    inner = cursor.group()
    return tuple(_pair(item) for item in inner.items()) if inner is not None else ()


def _pair(item: Cursor) -> tuple[str, str]:
    key = []
    while item.token is not None and item.upper not in ("=", "=="):
        key.append(item.token)
        item.index += 1
    if item.token is None and len(key) > 1 and key[-1].kind in ("string", "number"):
        return _joined(key[:-1]), key[-1].value
    item.index += 1
    return _joined(key), _joined(list(item.tokens[item.index :]))


def _joined(tokens: list[Token]) -> str:
    return "".join(token.value for token in tokens)


def read_alter_table(cursor: Cursor) -> AlterTable:
    """The details of an ALTER of a table, view, pipeline dataset, schema, catalog or volume."""
    cursor.take("IF", "EXISTS")
    table = cursor.name()
    rest = Cursor(cursor.tokens[cursor.index :], cursor.template)
    action = " ".join(rest.ahead(distance) for distance in range(2)).strip()
    return AlterTable(
        table=table,
        action=action,
        masks=_altered_masks(cursor, table),
        row_filter=_altered_filter(cursor, table),
        tags=_pairs_after(cursor, "SET", "TAGS"),
        tag_column=_tag_column(cursor),
        properties=_pairs_after(cursor, "SET", "TBLPROPERTIES"),
        cluster_by=_clustering(cursor),
        rest=rest.rest(),
    )


def _seek(cursor: Cursor, *words: str) -> Cursor | None:
    """A new cursor after these words, wherever they next stand outside brackets."""
    found = Cursor(cursor.tokens, cursor.template)
    found.index = cursor.index
    while found.skip_to(words[0]):
        if found.take(*words):
            return found
        found.index += 1
    return None


def _pairs_after(cursor: Cursor, *words: str) -> tuple[tuple[str, str], ...]:
    found = _seek(cursor, *words)
    return key_values(found) if found is not None else ()


def _altered_masks(cursor: Cursor, table: TableName | None) -> tuple[Mask, ...]:
    column = _altered_column(cursor)
    if column is None:
        return ()
    setting = _seek(cursor, "SET", "MASK")
    if setting is not None:
        function = setting.name()
        using = column_list(setting) if setting.take("USING", "COLUMNS") else ()
        return (Mask(table=table, column=column, function=function, using=using),)
    dropped = _seek(cursor, "DROP", "MASK")
    return (Mask(table=table, column=column, function=None),) if dropped is not None else ()


def _altered_column(cursor: Cursor) -> str | None:
    column = _seek(cursor, "ALTER", "COLUMN") or _seek(cursor, "CHANGE", "COLUMN") or _seek(cursor, "ALTER")
    return column.identifier() if column is not None else None


def _tag_column(cursor: Cursor) -> str | None:
    return _altered_column(cursor) if _seek(cursor, "SET", "TAGS") is not None else None


def _altered_filter(cursor: Cursor, table: TableName | None) -> RowFilter | None:
    if _seek(cursor, "DROP", "ROW", "FILTER") is not None:
        return RowFilter(table=table, function=None)
    found = _seek(cursor, "SET", "ROW", "FILTER")
    return read_row_filter(found, table) if found is not None else None


def read_row_filter(cursor: Cursor, table: TableName | None) -> RowFilter:
    """The filter whose function is under the cursor."""
    function = cursor.name()
    columns = column_list(cursor) if cursor.take("ON") and cursor.upper == "(" else ()
    return RowFilter(table=table, function=function, columns=columns)


def _clustering(cursor: Cursor) -> tuple[str, ...] | None:
    found = _seek(cursor, "CLUSTER", "BY")
    if found is None:
        return None
    return column_list(found) if found.upper == "(" else (found.upper,)


def read_policy(cursor: Cursor) -> Policy:
    """The details of a CREATE POLICY."""
    name = cursor.name()
    securable_type, securable = "", None
    if cursor.skip_to("ON") and cursor.take("ON"):
        securable_type = cursor.take_any("CATALOG", "SCHEMA", "TABLE", "METASTORE", "DATABASE")
        securable = cursor.name() if securable_type != "METASTORE" else None
    kind, function = _policy_action(cursor)
    recipients = _seek(cursor, "TO")
    excepted = _seek(cursor, "EXCEPT")
    when, columns = _seek(cursor, "WHEN"), _seek(cursor, "MATCH", "COLUMNS")
    return Policy(
        name=name,
        securable_type=securable_type,
        securable=securable,
        kind=kind,
        function=function,
        to=_principals(recipients),
        excepted=_principals(excepted),
        when=when.until("MATCH", "ON", "USING") if when else None,
        match_columns=columns.until("ON", "USING") if columns else None,
        tags=_tags(cursor.tokens),
    )


def _policy_action(cursor: Cursor) -> tuple[Literal["COLUMN MASK", "ROW FILTER", "GRANT", ""], TableName | None]:
    for kind in ("COLUMN MASK", "ROW FILTER", "GRANT"):
        found = _seek(cursor, *kind.split())
        if found is not None:
            return kind, found.name() if kind != "GRANT" else None
    return "", None


def _principals(cursor: Cursor | None) -> tuple[str, ...]:
    if cursor is None:
        return ()
    end = cursor.find("EXCEPT", "FOR", "WHEN", "MATCH", "USING", "ON")
    listed = Cursor(cursor.tokens[cursor.index : end], cursor.template)
    return tuple(" ".join(token.value for token in item.tokens[item.index :]) for item in listed.items())


def _tags(tokens: tuple[Token, ...]) -> tuple[str, ...]:
    """The keys asked for by `has_tag('k')` and `has_tag_value('k', 'v')`."""
    calls = ("HAS_TAG", "HAS_TAG_VALUE", "HASTAG", "HASTAGVALUE")
    return tuple(
        tokens[index + 2].value
        for index in range(len(tokens) - 2)
        if tokens[index].upper in calls and tokens[index + 1].upper == "(" and tokens[index + 2].kind == "string"
    )
