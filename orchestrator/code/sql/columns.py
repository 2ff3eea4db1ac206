"""The bracketed list of a CREATE: columns with their constraints, expectations and keys."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Literal

from orchestrator.code.sql.cursor import Cursor, Fragment
from orchestrator.code.sql.maintenance import column_list
from orchestrator.code.sql.names import TableName

_AFTER_TYPE: Final = (
    "NOT", "NULL", "COMMENT", "MASK", "DEFAULT", "GENERATED", "PRIMARY", "CONSTRAINT", "REFERENCES", "FOREIGN",
    "COLLATE", "UNIQUE", "CHECK",
)  # fmt: skip
_TABLE_CONSTRAINTS: Final = frozenset(("CONSTRAINT", "PRIMARY", "FOREIGN", "UNIQUE", "CHECK"))


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column as declared; `type` is the verbatim type, empty in a view or where it is left out."""

    name: str
    type: str
    start: int
    end: int
    not_null: bool = False
    comment: str | None = None
    mask: TableName | None = None
    primary_key: bool = False
    generated: bool = False
    identity: bool = False
    default: bool = False


@dataclass(frozen=True, kw_only=True)
class Expectation:
    """`CONSTRAINT name EXPECT (condition) [ON VIOLATION DROP ROW | FAIL UPDATE]`; without the last it only warns."""

    name: str
    condition: Fragment | None
    on_violation: Literal["warn", "drop", "fail"]
    start: int
    end: int


@dataclass(frozen=True, kw_only=True)
class ColumnList:
    """What the brackets of a CREATE hold."""

    columns: tuple[Column, ...] = ()
    expectations: tuple[Expectation, ...] = ()
    primary_key: tuple[str, ...] = ()


def read_columns(cursor: Cursor | None) -> ColumnList:
    """The columns, expectations and primary key in the brackets; nothing when there are none."""
    columns: list[Column] = []
    expectations: list[Expectation] = []
    primary_key: tuple[str, ...] = ()
    for item in _items(cursor) if cursor is not None else ():
        if item.upper not in _TABLE_CONSTRAINTS or len(item.tokens) == 1:
            columns.append(_column(item))
        elif item.find("EXPECT") is not None:
            expectations.append(_expectation(item))
        elif item.skip_to("PRIMARY") and item.take("PRIMARY", "KEY"):
            primary_key = tuple(name.split(".")[0] for name in _key_columns(item))
    inline = tuple(column.name for column in columns if column.primary_key)
    return ColumnList(columns=tuple(columns), expectations=tuple(expectations), primary_key=primary_key or inline)


def _items(cursor: Cursor) -> list[Cursor]:
    """The parts between outer commas, where the commas of `MAP<k, v>` are inner ones."""
    found: list[Cursor] = []
    begin, depth, angles = 0, 0, 0
    for index, token in enumerate(cursor.tokens):
        depth += (token.upper in ("(", "[")) - (token.upper in (")", "]"))
        if token.upper == "<" and cursor.tokens[index - 1].upper in ("ARRAY", "MAP", "STRUCT"):
            angles += 1
        elif token.upper == ">" and angles:
            angles -= 1
        elif token.upper == "," and depth == 0 and angles == 0:
            found.append(Cursor(cursor.tokens[begin:index], cursor.template))
            begin = index + 1
    found.append(Cursor(cursor.tokens[begin:], cursor.template))
    return [item for item in found if item.tokens]


def _key_columns(item: Cursor) -> tuple[str, ...]:
    """A key's columns; a TIMESERIES mark may follow a name."""
    return column_list(item) if item.upper == "(" else ()


def _column(item: Cursor) -> Column:
    first, last = item.tokens[0], item.tokens[-1]
    item.index = 1
    kind = item.until(*_AFTER_TYPE)
    words = [token.upper for token in item.tokens[item.index :]]
    return Column(
        name=first.value,
        type=kind.text if kind else "",
        start=first.start,
        end=last.end,
        not_null=any(pair == ("NOT", "NULL") for pair in pairwise(words)) or "PRIMARY" in words,
        comment=_comment(item),
        mask=_mask(item),
        primary_key="PRIMARY" in words,
        generated="GENERATED" in words,
        identity="IDENTITY" in words,
        default="DEFAULT" in words and "GENERATED" not in words,
    )


def _comment(item: Cursor) -> str | None:
    index = item.find("COMMENT")
    if index is None or index + 1 >= len(item.tokens) or item.tokens[index + 1].kind != "string":
        return None
    return item.tokens[index + 1].value


def _mask(item: Cursor) -> TableName | None:
    index = item.find("MASK")
    if index is None:
        return None
    after = Cursor(item.tokens[index + 1 :], item.template)
    return after.name()


def _expectation(item: Cursor) -> Expectation:
    start, end = item.tokens[0].start, item.tokens[-1].end
    item.take("CONSTRAINT")
    name = item.identifier() or ""
    condition = None
    if item.skip_to("EXPECT") and item.take("EXPECT"):
        inner = item.group()
        condition = inner.rest() if inner is not None else item.until("ON")
    action: Literal["warn", "drop", "fail"] = "warn"
    if item.skip_to("VIOLATION") and item.take("VIOLATION"):
        action = "drop" if item.upper == "DROP" else "fail" if item.upper == "FAIL" else "warn"
    return Expectation(name=name, condition=condition, on_violation=action, start=start, end=end)
