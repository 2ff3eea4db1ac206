"""VACUUM, OPTIMIZE, RESTORE, REORG and TRUNCATE: statements that look after a table's files."""

from __future__ import annotations

from dataclasses import dataclass

from orchestrator.code.sql.cursor import Cursor, Fragment
from orchestrator.code.sql.names import TableName
from orchestrator.code.sql.template import Hole


@dataclass(frozen=True, kw_only=True)
class Vacuum:
    """`VACUUM table [LITE | FULL] [RETAIN n HOURS] [DRY RUN]`; a retention that is not a number is in `retain_hole`."""

    table: TableName | None
    retain_hours: float | None = None
    retain_hole: Hole | None = None
    retain: Fragment | None = None
    dry_run: bool = False
    mode: str = ""


@dataclass(frozen=True, kw_only=True)
class Optimize:
    """`OPTIMIZE table [FULL] [WHERE ...] [ZORDER BY (...)]`."""

    table: TableName | None
    full: bool = False
    where: Fragment | None = None
    zorder: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Restore:
    """`RESTORE table TO VERSION | TIMESTAMP AS OF ...`."""

    table: TableName | None
    unit: str = ""
    value: Fragment | None = None


@dataclass(frozen=True, kw_only=True)
class Reorg:
    """`REORG TABLE table APPLY (PURGE | UPGRADE ...)`; `action` is the first word in the brackets."""

    table: TableName | None
    action: str = ""
    where: Fragment | None = None


def read_vacuum(cursor: Cursor) -> Vacuum:
    """The details of a VACUUM."""
    cursor.take("TABLE")
    table = cursor.name()
    mode = cursor.take_any("LITE", "FULL")
    hours: float | None = None
    hole: Hole | None = None
    retain: Fragment | None = None
    if cursor.take("RETAIN"):
        begin = cursor.index
        hole = cursor.hole()
        hours = cursor.number()
        if hours is None and cursor.token is not None:
            cursor.index += 1
        cursor.take_any("HOURS", "HOUR")
        retain = cursor.fragment(begin, cursor.index)
    return Vacuum(
        table=table,
        retain_hours=hours,
        retain_hole=hole,
        retain=retain,
        dry_run=cursor.take("DRY", "RUN"),
        mode=mode,
    )


def read_optimize(cursor: Cursor) -> Optimize:
    """The details of an OPTIMIZE."""
    cursor.take("TABLE")
    table = cursor.name()
    full = cursor.take("FULL")
    where = cursor.until("ZORDER") if cursor.take("WHERE") else None
    zorder: tuple[str, ...] = ()
    if cursor.skip_to("ZORDER") and cursor.take("ZORDER", "BY"):
        zorder = column_list(cursor)
    return Optimize(table=table, full=full or cursor.take("FULL"), where=where, zorder=zorder)


def column_list(cursor: Cursor) -> tuple[str, ...]:
    """The names in the bracketed list under the cursor, or in the bare list up to the end; `a.b` keeps its dot."""
    inner = cursor.group() or cursor
    names = (item.name() for item in inner.items())
    return tuple(".".join(name.parts) or name.text for name in names if name is not None)


def read_restore(cursor: Cursor) -> Restore:
    """The details of a RESTORE."""
    cursor.take("TABLE")
    table = cursor.name()
    cursor.take("TO")
    unit = cursor.take_any("VERSION", "TIMESTAMP")
    cursor.take("AS", "OF")
    return Restore(table=table, unit=unit, value=cursor.rest())


def read_reorg(cursor: Cursor) -> Reorg:
    """The details of a REORG."""
    cursor.take("TABLE")
    table = cursor.name()
    where = cursor.until("APPLY") if cursor.take("WHERE") else None
    inner = cursor.group() if cursor.skip_to("APPLY") and cursor.take("APPLY") else None
    return Reorg(table=table, action=inner.upper if inner else "", where=where)
