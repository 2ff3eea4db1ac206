"""Made-up rows: values by type, and for conditions of a known form a value that keeps it and one that breaks it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from pydantic import JsonValue

from orchestrator.workflows.generate.pipelines.model import Column, Expectation, Source

ROWS = 3
_PART = re.compile(r"\s+AND\s+(?=[A-Za-z_])", re.IGNORECASE)
_NOT_NULL = re.compile(r"(\w+) IS NOT NULL", re.IGNORECASE)
_LISTED = re.compile(r"(\w+) IN \(('[^']*'(?:, ?'[^']*')*)\)", re.IGNORECASE)
_BETWEEN = re.compile(r"(\w+) BETWEEN (-?\d+(?:\.\d+)?) AND (-?\d+(?:\.\d+)?)", re.IGNORECASE)
_COMPARED = re.compile(r"(\w+) (>=|<=|>|<) (-?\d+(?:\.\d+)?)", re.IGNORECASE)
_STEP = {">=": 0.0, "<=": 0.0, ">": 1.0, "<": -1.0}
_NUMBERS = frozenset({"BYTE", "TINYINT", "SMALLINT", "SHORT", "INT", "INTEGER", "BIGINT", "LONG"})
_NO_VALUE = "no such value"


@dataclass(frozen=True, kw_only=True)
class Form:
    """A condition on one column: values that keep it, and a value that breaks it (None for a missing one)."""

    column: str
    keeps: tuple[JsonValue, ...]
    breaks: JsonValue


def form(condition: str) -> Form | None:
    """The condition as a form; None where it has another shape or more than one column."""
    between = _BETWEEN.search(condition)
    parts = [condition] if between and between.group(0) == condition else _PART.split(condition)
    forms = [_form(part.strip()) for part in parts]
    known = [each for each in forms if each is not None]
    if len(known) < len(forms) or len({each.column for each in known}) != 1:
        return None
    telling = next((each for each in known if each.keeps), known[0])
    return Form(column=telling.column, keeps=telling.keeps, breaks=telling.breaks if telling.keeps else None)


def _form(part: str) -> Form | None:
    if found := _NOT_NULL.fullmatch(part):
        return Form(column=found[1], keeps=(), breaks=None)
    if found := _LISTED.fullmatch(part):
        values = tuple(each.strip().strip("'") for each in found[2].split(","))
        return Form(column=found[1], keeps=values, breaks=_NO_VALUE)
    if found := _BETWEEN.fullmatch(part):
        return Form(column=found[1], keeps=(_number(found[2]), _number(found[3])), breaks=_number(found[2]) - 1)
    if found := _COMPARED.fullmatch(part):
        limit, step = _number(found[3]), _STEP[found[2]]
        return Form(column=found[1], keeps=(limit + step,), breaks=limit - (1 if ">" in found[2] else -1))
    return None


def _number(text: str) -> float:
    return float(text)


def values_for(expectations: Iterable[Expectation]) -> Mapping[str, tuple[JsonValue, ...]]:
    """For each column that a condition of a known form is about, values that keep it."""
    found = (form(each.condition) for each in expectations)
    return {each.column: each.keeps for each in found if each is not None and each.keeps}


def rows(source: Source, kept: Mapping[str, tuple[JsonValue, ...]]) -> tuple[Mapping[str, JsonValue], ...]:
    """Made-up rows of a source."""
    return tuple(
        {c.name: value(c, number, kept.get(c.name, ())) for c in source.columns} for number in range(1, ROWS + 1)
    )


def value(column: Column, number: int, kept: tuple[JsonValue, ...] = ()) -> JsonValue:
    """A made-up value of a column."""
    choices: tuple[JsonValue, ...] = column.values or kept
    if choices:
        chosen = choices[(number - 1) % len(choices)]
        return int(chosen) if isinstance(chosen, float) and _base(column.type) in _NUMBERS else chosen
    return _by_type(column.name, column.type, number)


def _base(kind: str) -> str:
    return re.split(r"[(<]", kind.upper().strip(), maxsplit=1)[0].strip()


def _by_type(name: str, kind: str, number: int) -> JsonValue:
    base = _base(kind)
    if base in _NUMBERS:
        return number
    if base in {"DECIMAL", "DOUBLE", "FLOAT", "NUMERIC"}:
        return float(number)
    if base == "ARRAY":
        return []
    if base in {"STRUCT", "MAP"}:
        return {}
    simple: dict[str, JsonValue] = {
        "BOOLEAN": True,
        "DATE": f"2026-11-{number:02d}",
        "TIMESTAMP": f"2026-11-{number:02d}T06:00:00Z",
        "TIMESTAMP_NTZ": f"2026-11-{number:02d}T06:00:00",
        "BINARY": "YQ==",
    }
    return simple.get(base, f"{name}-{number}")


def breaking(expectations: Iterable[Expectation], columns: Mapping[str, str | None]) -> Iterator[tuple[str, Form]]:
    """The names of the rules whose form is known over these columns, each with its form."""
    for each in expectations:
        found = form(each.condition)
        if found is not None and columns.get(found.column) is not None:
            yield each.name, found
