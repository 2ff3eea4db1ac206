"""MERGE, INSERT, APPLY CHANGES and flows: statements that change a table's rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from orchestrator.code.sql.cursor import Cursor, Fragment
from orchestrator.code.sql.maintenance import column_list
from orchestrator.code.sql.names import TableName


@dataclass(frozen=True, kw_only=True)
class MergeClause:
    """One WHEN of a merge: `matched` is "matched", "not matched" or "not matched by source"."""

    matched: Literal["matched", "not matched", "not matched by source"]
    condition: Fragment | None
    action: str
    """UPDATE, DELETE or INSERT; empty when it is not told."""
    is_star: bool
    """Whether the action is `UPDATE SET *` or `INSERT *`."""
    text: Fragment | None


@dataclass(frozen=True, kw_only=True)
class Merge:
    """`MERGE INTO target USING source ON condition WHEN ...`; `source_query` is set when the source is a subquery."""

    target: TableName | None
    target_alias: str | None
    source: TableName | None
    source_query: Fragment | None
    source_alias: str | None
    on: Fragment | None
    clauses: tuple[MergeClause, ...]
    schema_evolution: bool = False


@dataclass(frozen=True, kw_only=True)
class Insert:
    """`INSERT INTO | OVERWRITE target ...` and the clauses that narrow what is replaced.

    `partition` is the PARTITION list, `replace_where` the condition of REPLACE WHERE, `replace_on` that of REPLACE ON.
    """

    target: TableName | None
    overwrite: bool
    partition: Fragment | None = None
    replace_where: Fragment | None = None
    replace_using: tuple[str, ...] = ()
    replace_on: Fragment | None = None
    columns: tuple[str, ...] = ()
    by_name: bool = False
    is_values: bool = False
    directory: bool = False

    @property
    def is_selective(self) -> bool:
        """Whether it replaces a part of the table, not all of it."""
        return bool(self.partition or self.replace_where or self.replace_using or self.replace_on)


@dataclass(frozen=True, kw_only=True)
class ApplyChanges:
    """`APPLY CHANGES INTO` or `AUTO CDC INTO target FROM source KEYS (...) SEQUENCE BY ... STORED AS SCD TYPE n`."""

    target: TableName | None
    source: TableName | None
    keys: tuple[str, ...]
    sequence_by: Fragment | None
    stored_as_scd: str | None
    apply_as_delete: Fragment | None = None
    legacy: bool = False
    """Whether it is written APPLY CHANGES."""


@dataclass(frozen=True, kw_only=True)
class Flow:
    """`CREATE FLOW name AS INSERT INTO [ONCE] target ... | AUTO CDC INTO target ...`."""

    name: TableName | None
    target: TableName | None
    kind: Literal["append", "cdc", ""]
    once: bool = False
    cdc: ApplyChanges | None = None


def read_merge(cursor: Cursor) -> Merge:
    """The details of a MERGE."""
    evolution = cursor.take("WITH", "SCHEMA", "EVOLUTION")
    cursor.take("INTO")
    target = cursor.name()
    target_alias = _alias(cursor, "USING")
    source, query, source_alias = None, None, None
    if cursor.skip_to("USING") and cursor.take("USING"):
        inner = cursor.group()
        query = inner.rest() if inner else None
        source = cursor.name() if inner is None else None
        if cursor.upper == "(":
            cursor.index = cursor.group_end()
        source_alias = _alias(cursor, "ON")
    on = cursor.until("WHEN") if cursor.skip_to("ON") and cursor.take("ON") else None
    return Merge(
        target=target,
        target_alias=target_alias,
        source=source,
        source_query=query,
        source_alias=source_alias,
        on=on,
        clauses=tuple(_merge_clauses(cursor)),
        schema_evolution=evolution,
    )


def _alias(cursor: Cursor, before: str) -> str | None:
    cursor.take("AS")
    return cursor.identifier() if cursor.upper != before else None


def _merge_clauses(cursor: Cursor) -> list[MergeClause]:
    clauses = []
    while cursor.skip_to("WHEN"):
        cursor.index += 1
        matched = _matched(cursor)
        condition = cursor.until("THEN") if cursor.take("AND") else None
        if not (cursor.skip_to("THEN") and cursor.take("THEN")):
            break
        action = cursor.upper if cursor.upper in ("UPDATE", "DELETE", "INSERT") else ""
        text = _clause_text(cursor)
        star = bool(text) and text is not None and text.tokens[-1].upper == "*" and len(text.tokens) <= len("U S *")
        clauses.append(MergeClause(matched=matched, condition=condition, action=action, is_star=star, text=text))
    return clauses


def _matched(cursor: Cursor) -> Literal["matched", "not matched", "not matched by source"]:
    negated = cursor.take("NOT")
    cursor.take("MATCHED")
    if cursor.take("BY", "SOURCE"):
        return "not matched by source"
    cursor.take("BY", "TARGET")
    return "not matched" if negated else "matched"


def _clause_text(cursor: Cursor) -> Fragment | None:
    """The action, up to the next `WHEN [NOT] MATCHED`: a CASE inside has its own WHEN."""
    begin = cursor.index
    while cursor.skip_to("WHEN"):
        if cursor.ahead() == "MATCHED" or (cursor.ahead() == "NOT" and cursor.ahead(2) == "MATCHED"):
            return cursor.fragment(begin, cursor.index)
        cursor.index += 1
    cursor.index = len(cursor.tokens)
    return cursor.fragment(begin, cursor.index)


def read_insert(cursor: Cursor) -> Insert:
    """The details of an INSERT INTO."""
    return _insert(cursor, overwrite=False)


def read_insert_overwrite(cursor: Cursor) -> Insert:
    """The details of an INSERT OVERWRITE."""
    return _insert(cursor, overwrite=True)


def _insert(cursor: Cursor, *, overwrite: bool) -> Insert:
    cursor.take("WITH", "SCHEMA", "EVOLUTION")
    cursor.take("INTO")
    cursor.take("LOCAL")
    directory = cursor.upper == "DIRECTORY"
    cursor.take("TABLE")
    cursor.take("ONCE")
    target = cursor.name() if not directory else None
    partition = _bracketed(cursor) if cursor.take("PARTITION") else None
    cursor.take("IF", "NOT", "EXISTS")
    columns = column_list(cursor) if cursor.upper == "(" and cursor.ahead() not in ("SELECT", "WITH") else ()
    by_name = cursor.take("BY", "NAME")
    where, using, on = _replaced(cursor)
    return Insert(
        target=target,
        overwrite=overwrite,
        partition=partition,
        replace_where=where,
        replace_using=using,
        replace_on=on,
        columns=columns,
        by_name=by_name or cursor.take("BY", "NAME"),
        is_values=cursor.upper == "VALUES",
        directory=directory,
    )


def _bracketed(cursor: Cursor) -> Fragment | None:
    inner = cursor.group()
    return inner.rest() if inner is not None else None


def _replaced(cursor: Cursor) -> tuple[Fragment | None, tuple[str, ...], Fragment | None]:
    if cursor.take("REPLACE", "WHERE"):
        return cursor.until("SELECT", "VALUES", "WITH", "TABLE", "FROM"), (), None
    if cursor.take("REPLACE", "USING"):
        return None, column_list(cursor), None
    # An alias may stand before REPLACE ON.
    if cursor.find("REPLACE") is not None and cursor.skip_to("REPLACE") and cursor.take("REPLACE", "ON"):
        return None, (), _before_query(cursor)
    return None, (), None


def _before_query(cursor: Cursor) -> Fragment | None:
    """What comes before the query, which may stand in brackets."""
    begin = cursor.index
    while cursor.token is not None and cursor.upper not in ("SELECT", "VALUES", "WITH", "TABLE", "FROM"):
        if cursor.upper == "(" and cursor.ahead() in ("SELECT", "WITH", "VALUES", "FROM"):
            break
        cursor.index = cursor.group_end() if cursor.upper == "(" else cursor.index + 1
    return cursor.fragment(begin, cursor.index)


def read_apply_changes(cursor: Cursor) -> ApplyChanges:
    """The details of an APPLY CHANGES INTO."""
    return _cdc(cursor, legacy=True)


def read_auto_cdc(cursor: Cursor) -> ApplyChanges:
    """The details of an AUTO CDC INTO."""
    return _cdc(cursor, legacy=False)


def _cdc(cursor: Cursor, *, legacy: bool) -> ApplyChanges:
    cursor.take("INTO")
    cursor.take("ONCE")
    target = cursor.name()
    source = None
    if cursor.skip_to("FROM") and cursor.take("FROM"):
        source = _streamed(cursor)
    keys = column_list(cursor) if cursor.skip_to("KEYS") and cursor.take("KEYS") else ()
    begin = cursor.index
    deletes = cursor.until("SEQUENCE", "APPLY", "COLUMNS", "STORED") if _skip_past(cursor, "DELETE", "WHEN") else None
    cursor.index = begin
    sequence = cursor.until("COLUMNS", "STORED", "TRACK", "APPLY") if _skip_past(cursor, "SEQUENCE", "BY") else None
    scd = None
    if _skip_past(cursor, "SCD", "TYPE") and cursor.token is not None:
        scd = cursor.token.text
    return ApplyChanges(
        target=target,
        source=source,
        keys=keys,
        sequence_by=sequence,
        stored_as_scd=scd,
        apply_as_delete=deletes,
        legacy=legacy,
    )


def _skip_past(cursor: Cursor, *words: str) -> bool:
    begin = cursor.index
    while cursor.skip_to(words[0]):
        if cursor.take(*words):
            return True
        cursor.index += 1
    cursor.index = begin
    return False


def _streamed(cursor: Cursor) -> TableName | None:
    """The table under the cursor, with or without STREAM around it."""
    if cursor.upper == "STREAM" and cursor.ahead() == "(":
        cursor.index += 1
        inner = cursor.group()
        return inner.name() if inner else None
    cursor.take("STREAM")
    return cursor.name()


def read_flow(cursor: Cursor) -> Flow:
    """The details of a CREATE FLOW."""
    name = cursor.name()
    if not (cursor.skip_to("AS") and cursor.take("AS")):
        return Flow(name=name, target=None, kind="")
    if cursor.take("AUTO", "CDC") or cursor.take("APPLY", "CHANGES"):
        legacy = cursor.ahead(-1) == "CHANGES"
        changes = _cdc(cursor, legacy=legacy)
        return Flow(name=name, target=changes.target, kind="cdc", cdc=changes)
    cursor.take("INSERT")
    cursor.take("INTO")
    once = cursor.take("ONCE")
    cursor.take("TABLE")
    return Flow(name=name, target=cursor.name(), kind="append", once=once or cursor.take("ONCE"))
