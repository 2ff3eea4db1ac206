"""Statistics of a table by one bounded statement: the first rows, never the whole of a large table.

Of texts only lengths are computed, and of columns whose names speak of personal data no least or greatest value, so
that no value of a person leaves the workspace.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from string import Template

from orchestrator.errors import WorkspaceError
from orchestrator.workspace.catalog.table import Column, Table
from orchestrator.workspace.connection import Workspace
from orchestrator.workspace.governance.lexicon import lexicon
from orchestrator.workspace.names import quoted, table_name
from orchestrator.workspace.records import Record
from orchestrator.workspace.statements import query

MAX_COLUMNS = 50
_NUMBERS = ("tinyint", "smallint", "int", "bigint", "long", "float", "double", "decimal")
_TIMES = ("date", "timestamp")
_TEXTS = ("string", "varchar", "char")
_ONE = Template("SELECT count(*) AS n, $measures FROM (SELECT $columns FROM $table LIMIT $rows) AS some_rows")
_KEYS = Template(
    "SELECT count(*) AS n, coalesce(sum(copies - 1), 0) AS surplus FROM (SELECT count(*) AS copies "
    "FROM (SELECT $columns FROM $table LIMIT $rows) AS some_rows GROUP BY $columns) AS grouped"
)


class ColumnStatistics(Record):
    """What one column holds in the rows that were read."""

    column: str
    type: str
    nulls: int
    null_share: float | None
    distinct_about: int | None
    """estimated (HyperLogLog); null for types that are not counted"""
    least: str | None
    """of numbers and times; null for texts and for columns whose names speak of personal data"""
    greatest: str | None
    mean: float | None
    deviation: float | None
    """of the sample"""
    shortest: int | None
    """characters, of texts"""
    longest: int | None
    constant: bool
    """all rows that were read have one value, or none"""


class TableStatistics(Record):
    """What a table holds in the rows that were read."""

    table: str
    rows_read: int
    whole: bool
    """every row was read; else the first ones, which are no random sample"""
    columns: tuple[ColumnStatistics, ...]
    left_out: tuple[str, ...]
    """columns beyond the first 50, and columns of maps, arrays, structs and binaries"""
    primary_key: tuple[str, ...]
    repeated_keys: int | None
    """rows whose primary key another of these rows has, but for the first of each; null where the table has no key"""


@dataclass(frozen=True, kw_only=True)
class Measure:
    """One expression over a column, under a name of its own."""

    column: int
    name: str
    expression: str

    @property
    def alias(self) -> str:
        """The name in the statement."""
        return f"c{self.column}_{self.name}"


def table_statistics(workspace: Workspace, found: Table, *, columns: Sequence[str], rows: int) -> TableStatistics:
    """The statistics of these columns, or of the first 50, over the first rows.

    Raises:
        WorkspaceError: there is no such column, or the table cannot be read.
    """
    chosen = _chosen(found, columns)
    measured = [item for item in chosen if _kind(item) is not None][:MAX_COLUMNS]
    if not measured:
        raise WorkspaceError(f"{found.name} has no column whose values can be measured")
    measures = [item for number, column in enumerate(measured) for item in _measures(number, column)]
    statement = statement_of(found.name, measured, measures, rows)
    answer = query(workspace, statement, what=f"measure {found.name}", limit=1)
    values = next(answer.named())
    read = int(values["n"] or 0)
    names = {item.name for item in measured}
    return TableStatistics(
        table=found.name, rows_read=read, whole=read < rows,
        columns=tuple(_statistics(number, item, values, read) for number, item in enumerate(measured)),
        left_out=tuple(item.name for item in chosen if item.name not in names), primary_key=found.primary_key,
        repeated_keys=_repeated(workspace, found, rows),
    )  # fmt: skip


def statement_of(name: str, columns: Sequence[Column], measures: Sequence[Measure], rows: int) -> str:
    """The statement: every measure over the first rows.

    Raises:
        WorkspaceError: a name cannot be one.
    """
    return _ONE.substitute(
        measures=", ".join(f"{item.expression} AS {item.alias}" for item in measures),
        columns=", ".join(quoted(item.name) for item in columns),
        table=table_name(name).quoted,
        rows=int(rows),
    )


def _repeated(workspace: Workspace, found: Table, rows: int) -> int | None:
    if not found.primary_key:
        return None
    keys = ", ".join(quoted(name) for name in found.primary_key)
    statement = _KEYS.substitute(columns=keys, table=table_name(found.name).quoted, rows=int(rows))
    values = next(query(workspace, statement, what=f"look for repeated keys in {found.name}", limit=1).named())
    return int(float(values["surplus"] or 0))


def _chosen(found: Table, columns: Sequence[str]) -> list[Column]:
    by_name = {item.name.lower(): item for item in found.columns}
    unknown = [name for name in columns if name.lower() not in by_name]
    if unknown:
        raise WorkspaceError(f"{found.name} has no column {unknown[0]!r} among its first {len(by_name)}")
    return [by_name[name.lower()] for name in columns] if columns else list(found.columns)


def _kind(column: Column) -> str | None:
    kind = column.type.partition("(")[0].strip().lower()
    if kind.startswith(_TIMES):
        return "time"
    if kind in _NUMBERS:
        return "number"
    return {"boolean": "boolean"}.get(kind, "text" if kind in _TEXTS else None)


def _measures(number: int, column: Column) -> list[Measure]:
    name, kind = quoted(column.name), _kind(column)
    wanted = {"nulls": f"count(*) - count({name})", "distinct": f"approx_count_distinct({name})"}
    personal = lexicon().named(column.name) is not None
    if kind in {"number", "time"} and not personal:
        wanted |= {"least": f"CAST(min({name}) AS STRING)", "greatest": f"CAST(max({name}) AS STRING)"}
    if kind == "number" and not personal:
        wanted |= {"mean": f"avg({name})", "deviation": f"stddev_samp({name})"}
    if kind == "text":
        wanted |= {"shortest": f"min(length({name}))", "longest": f"max(length({name}))"}
    return [Measure(column=number, name=key, expression=expression) for key, expression in wanted.items()]


def _statistics(number: int, column: Column, values: Mapping[str, str | None], read: int) -> ColumnStatistics:
    def value(name: str) -> str | None:
        return values.get(f"c{number}_{name}")

    nulls, distinct = int(value("nulls") or 0), value("distinct")
    return ColumnStatistics(
        column=column.name,
        type=column.type,
        nulls=nulls,
        null_share=round(nulls / read, 4) if read else None,
        distinct_about=min(int(distinct), read - nulls) if distinct is not None else None,
        least=value("least"),
        greatest=value("greatest"),
        mean=_number(value("mean")),
        deviation=_number(value("deviation")),
        shortest=_whole(value("shortest")),
        longest=_whole(value("longest")),
        constant=bool(read) and int(distinct or 0) + bool(nulls) <= 1,
    )


def _number(text: str | None) -> float | None:
    return float(text) if text is not None else None


def _whole(text: str | None) -> int | None:
    return int(float(text)) if text is not None else None
