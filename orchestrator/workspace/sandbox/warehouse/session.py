"""Who runs a statement, with which defaults and parameters, and what came out of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from orchestrator.workspace.sandbox.warehouse.failure import StatementFailedError

if TYPE_CHECKING:
    from orchestrator.workspace.sandbox.state import State

Bound = str | int | float | bool | Decimal | dt.date | dt.datetime | None
_WHOLE = frozenset({"BIGINT", "LONG", "INT", "INTEGER", "SMALLINT", "SHORT", "TINYINT", "BYTE"})
_TRUTHS = {"true": True, "false": False}


@dataclass(frozen=True, kw_only=True)
class Session:
    """The caller of one statement, its default catalog and schema, and its parameters by name."""

    state: State
    caller: str
    catalog: str | None = None
    schema: str | None = None
    parameters: Mapping[str, Bound] = field(default_factory=dict)

    def full_name(self, parts: list[str]) -> str:
        """The three-part name of a table, completed from the defaults."""
        missing = 3 - len(parts)
        defaults = [self.catalog or "hive_metastore", self.schema or "default"]
        return ".".join([*defaults[:missing], *parts]) if missing > 0 else ".".join(parts)

    def bound(self, name: str) -> Bound:
        """The value of a parameter.

        Raises:
            StatementFailedError: it was not given.
        """
        if name not in self.parameters:
            said = f"Found the unbound parameter: {name}. Please, fix `args` and provide a mapping of the parameter."
            raise StatementFailedError("UNBOUND_SQL_PARAMETER", said, "42P02")
        return self.parameters[name]


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """Columns with types of Databricks, and rows of Python values."""

    columns: tuple[tuple[str, str], ...] = ()
    rows: tuple[tuple[object, ...], ...] = ()

    @classmethod
    def of(cls, columns: Mapping[str, str], rows: list[tuple[object, ...]]) -> Outcome:
        """The outcome with these columns, type by name."""
        return cls(columns=tuple(columns.items()), rows=tuple(rows))


def bind(name: str, kind: str, text: str | None) -> Bound:
    """The value of a parameter, from its type and text.

    Raises:
        StatementFailedError: the text is no value of the type.
    """
    if text is None:
        return None
    wanted = kind.upper().partition("(")[0].strip() or "STRING"
    try:
        return _bind(wanted, text)
    except (ValueError, InvalidOperation):
        said = f"The value {text[:60]!r} of the parameter `{name}` cannot be cast to {wanted}."
        raise StatementFailedError("CAST_INVALID_INPUT", said, "22018") from None


def _bind(wanted: str, text: str) -> Bound:
    if wanted in _WHOLE:
        return int(text)
    if wanted in {"DOUBLE", "FLOAT"}:
        return float(text)
    if wanted == "DECIMAL":
        return Decimal(text)
    if wanted == "BOOLEAN":
        return _truth(text)
    if wanted == "DATE":
        return dt.date.fromisoformat(text.strip()[:10])
    if wanted.startswith("TIMESTAMP"):
        moment = dt.datetime.fromisoformat(text.strip())
        return moment.astimezone(dt.UTC).replace(tzinfo=None) if moment.tzinfo else moment
    return text


def _truth(text: str) -> bool:
    if text.lower() not in _TRUTHS:
        raise ValueError(text)
    return _TRUTHS[text.lower()]
