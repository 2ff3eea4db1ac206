"""What the columns of rows hold, by one statement: counts, and values only where they are of no person."""

from __future__ import annotations

from orchestrator.errors import WorkspaceError
from orchestrator.workspace.governance.lexicon import lexicon
from orchestrator.workspace.quality.asking import measures, values_of
from orchestrator.workspace.quality.check import named
from orchestrator.workspace.quality.rows import DataColumn, DataRows
from orchestrator.workspace.records import Record

MAX_COLUMNS = 100
MAX_VALUES = 12
"""A text column with more different values than this has no closed list of them."""
_NUMBERS = ("tinyint", "smallint", "int", "integer", "bigint", "hugeint", "long", "float", "double", "decimal")
_TIMES = ("date", "timestamp")
_TEXTS = ("string", "varchar", "char")


class ColumnProfile(Record):
    """What one column holds."""

    column: str
    type: str
    rows: int
    nulls: int
    distinct: int
    """exact, NULL not counted"""
    personal: str | None
    """the kind of personal data that its name speaks of; no value of it is read then"""
    least: str | None
    """of numbers and times; null for texts and personal columns"""
    greatest: str | None
    values: tuple[str, ...]
    """every value with its count as `value (count)`, where there are at most 12 and none is of a person"""

    @property
    def is_number(self) -> bool:
        """Whether its type is a number."""
        return base_type(self.type) in _NUMBERS

    @property
    def is_time(self) -> bool:
        """Whether its type is a date or timestamp."""
        return base_type(self.type).startswith(_TIMES)


def base_type(text: str) -> str:
    """The word of a type: `DECIMAL(12,2)` is `decimal`."""
    return text.partition("(")[0].strip().lower()


def profiles(rows: DataRows) -> tuple[ColumnProfile, ...]:
    """The profile of the first 100 columns that can be measured.

    Raises:
        WorkspaceError: the rows cannot be read, or no column can be measured.
    """
    columns = [item for item in rows.columns() if _is_measured(item)][:MAX_COLUMNS]
    if not columns:
        raise WorkspaceError(f"{rows.label} has no column whose values can be measured")
    wanted = ["count(*)"]
    for item in columns:
        column = named(item.name, rows.dialect)
        bounds = _is_bounded(item)
        wanted += [f"count(*) - count({column})", f"count(DISTINCT {column})"]
        wanted += [f"CAST({kind}({column}) AS VARCHAR(100))" if bounds else "NULL" for kind in ("min", "max")]
    answer = measures(rows, wanted)
    count = int(answer[0] or 0)
    return tuple(_profile(rows, item, count, answer[1 + 4 * at : 5 + 4 * at]) for at, item in enumerate(columns))


def _profile(rows: DataRows, column: DataColumn, count: int, found: tuple[str | None, ...]) -> ColumnProfile:
    nulls, distinct, least, greatest = found
    kind = lexicon().named(column.name)
    return ColumnProfile(
        column=column.name,
        type=column.type,
        rows=count,
        nulls=int(nulls or 0),
        distinct=int(distinct or 0),
        personal=None if kind is None else kind.kind,
        least=least,
        greatest=greatest,
        values=_values(rows, column, int(distinct or 0)) if kind is None else (),
    )


def _values(rows: DataRows, column: DataColumn, distinct: int) -> tuple[str, ...]:
    if base_type(column.type) not in _TEXTS or not 0 < distinct <= MAX_VALUES:
        return ()
    return tuple(f"{value} ({count})" for value, count in values_of(rows, column.name, MAX_VALUES))


def _is_measured(column: DataColumn) -> bool:
    base = base_type(column.type)
    return base in {*_NUMBERS, *_TEXTS, "boolean"} or base.startswith(_TIMES)


def _is_bounded(column: DataColumn) -> bool:
    base = base_type(column.type)
    return (base in _NUMBERS or base.startswith(_TIMES)) and lexicon().named(column.name) is None
