"""The columns of a live table against those that the contract promises."""

from __future__ import annotations

import re
from collections.abc import Iterator

from orchestrator.code.contract import ContractColumn, ContractObject
from orchestrator.workspace.catalog.table import Column, Table
from orchestrator.workspace.records import Record

_SAME = {
    "INTEGER": "INT", "LONG": "BIGINT", "SHORT": "SMALLINT", "BYTE": "TINYINT", "REAL": "FLOAT", "DEC": "DECIMAL",
    "NUMERIC": "DECIMAL", "TEXT": "STRING",
}  # fmt: skip
"""Other words of one type: https://docs.databricks.com/aws/en/sql/language-manual/sql-ref-datatypes"""
_LOGICAL = {
    "string": ("STRING", "VARCHAR", "CHAR"),
    "integer": ("TINYINT", "SMALLINT", "INT", "BIGINT"),
    "number": ("DECIMAL", "DOUBLE", "FLOAT", "TINYINT", "SMALLINT", "INT", "BIGINT"),
    "boolean": ("BOOLEAN",),
    "date": ("DATE",),
    "timestamp": ("TIMESTAMP", "TIMESTAMP_NTZ"),
    "object": ("STRUCT",),
    "array": ("ARRAY",),
    "map": ("MAP",),
}
_SPACE = re.compile(r"\s+")


class Difference(Record):
    """One way in which the live table is not what was promised."""

    table: str
    column: str
    kind: str
    """missing, type, nullable or extra"""
    promised: str
    live: str


def differences(promised: ContractObject, live: Table) -> Iterator[Difference]:
    """What differs, in the order of the contract; columns that the contract does not know come last."""
    by_name = {column.name.lower(): column for column in live.columns}
    for column in promised.columns:
        found = by_name.get(column.column_name.lower())
        if found is None:
            wanted = column.physical_type or column.logical_type or "a column"
            yield _difference(live, column.column_name, "missing", wanted, "not there")
        else:
            yield from _of_column(live, column, found)
    for other in live.columns:
        if promised.column(other.name) is None:
            yield _difference(live, other.name, "extra", "not promised", other.type)


def _of_column(live: Table, promised: ContractColumn, found: Column) -> Iterator[Difference]:
    wanted = promised.physical_type
    if wanted and not promised.columns and normal(wanted) != normal(found.type):
        yield _difference(live, found.name, "type", wanted, found.type)
    elif not wanted and promised.logical_type in _LOGICAL and _base(found.type) not in _LOGICAL[promised.logical_type]:
        yield _difference(live, found.name, "type", promised.logical_type or "", found.type)
    if (promised.required or promised.primary_key) and found.nullable:
        yield _difference(live, found.name, "nullable", "never null", "may be null: nothing but the load prevents it")


def normal(text: str) -> str:
    """A type in one spelling: `numeric(18, 2)` is `DECIMAL(18,2)`."""
    compact = _SPACE.sub("", text).upper()
    base, opening, rest = compact.partition("(")
    base = _SAME.get(base, base)
    return "DECIMAL(10,0)" if base == "DECIMAL" and not opening else f"{base}{opening}{rest}"


def _base(text: str) -> str:
    return re.split(r"[(<]", normal(text))[0]


def _difference(live: Table, column: str, kind: str, promised: str, found: str) -> Difference:
    return Difference(table=live.name, column=column, kind=kind, promised=promised, live=found)
