"""Whether a column of a table keeps the type that a contract promises."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from orchestrator.code.contract import ContractColumn

_TYPE = re.compile(r"\s*([a-z_]+)\s*(?:\(\s*(\d+)\s*(?:,\s*(-?\d+)\s*)?\))?\s*\Z", re.IGNORECASE)
_NESTED = re.compile(r"\s*(array|map|struct|variant)\b", re.IGNORECASE)
_FAMILIES = {
    **dict.fromkeys(("tinyint", "byte"), ("whole number", 1)),
    **dict.fromkeys(("smallint", "short"), ("whole number", 2)),
    **dict.fromkeys(("int", "integer"), ("whole number", 3)),
    **dict.fromkeys(("bigint", "long"), ("whole number", 4)),
    **dict.fromkeys(("float", "real"), ("approximate number", 1)),
    "double": ("approximate number", 2),
    **dict.fromkeys(("decimal", "dec", "numeric"), ("decimal", 0)),
    **dict.fromkeys(("string", "varchar", "char"), ("text", 0)),
    "boolean": ("boolean", 0),
    "binary": ("binary", 0),
    "date": ("date", 0),
    "timestamp": ("timestamp", 0),
    "timestamp_ltz": ("timestamp", 0),
    "timestamp_ntz": ("timestamp without zone", 0),
}
_LOGICAL = {
    "string": {"text"},
    "integer": {"whole number", "decimal"},
    "number": {"whole number", "approximate number", "decimal"},
    "boolean": {"boolean"},
    "date": {"date", "timestamp", "timestamp without zone"},
    "timestamp": {"timestamp", "timestamp without zone"},
    "array": {"array"},
    "object": {"struct", "map", "variant"},
}
_DEFAULT_PRECISION = 10


class _Type(NamedTuple):
    family: str
    rank: int
    precision: int
    scale: int


def keeps(promised: ContractColumn, declared: str) -> bool:
    """Whether a declared type holds what the contract promises; True where either is not known for sure."""
    actual = _read(declared)
    if actual is None:
        return True
    wanted = _read(promised.physical_type or "")
    if promised.physical_type is None:
        return actual.family in _LOGICAL.get(promised.logical_type or "", {actual.family})
    if wanted is None:
        return True
    if actual.family != wanted.family:
        return False
    if actual.family == "decimal":
        whole = actual.precision - actual.scale >= wanted.precision - wanted.scale
        return whole and actual.scale >= wanted.scale
    return actual.rank >= wanted.rank


def narrower(before: str | None, after: str | None) -> bool:
    """Whether values of the first type may not fit the second, or mean something else there."""
    old, new = _read(before or ""), _read(after or "")
    if old is None or new is None or old == new:
        return False
    if old.family != new.family:
        return (old.family, new.family) not in {("whole number", "decimal"), ("date", "timestamp without zone")}
    if old.family == "decimal":
        return new.scale < old.scale or new.precision - new.scale < old.precision - old.scale
    return new.rank < old.rank


def _read(text: str) -> _Type | None:
    nested = _NESTED.match(text)
    if nested:
        return _Type(nested[1].lower(), 0, 0, 0)
    match = _TYPE.match(text)
    known = _FAMILIES.get(match[1].lower()) if match else None
    if match is None or known is None:
        return None
    is_decimal = known[0] == "decimal"
    precision = int(match[2] or _DEFAULT_PRECISION) if is_decimal else 0
    return _Type(*known, precision, int(match[3] or 0) if is_decimal else 0)
