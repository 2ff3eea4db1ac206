"""Questions to one statement, as the tests ask them."""

from __future__ import annotations

from typing import TypeVar

from orchestrator.code.source import SourceFile
from orchestrator.code.sql import SqlUnit, Statement, sql_file_units

DetailsT = TypeVar("DetailsT")


def unit_of(text: str) -> SqlUnit:
    return sql_file_units(SourceFile(path="a.sql", text=text, digest=""))[0]


def statement_of(text: str) -> Statement:
    (statement,) = unit_of(text).statements
    return statement


def details_of(text: str, wanted: type[DetailsT]) -> DetailsT:
    found = statement_of(text).details
    assert isinstance(found, wanted)
    return found
