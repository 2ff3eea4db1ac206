"""One check of a table's values, as the SQL that finds the rows which break it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from orchestrator.errors import WorkspaceError

Kind = Literal["not null", "unique", "accepted values", "at least", "at most", "not in the future", "rows at least"]
Limit = str | int | float | dt.datetime | None
Dialect = Literal["duckdb", "databricks"]


@dataclass(frozen=True, kw_only=True)
class QualityCheck:
    """What must be true of a column, or of the columns of a key.

    `limit` is the bound of "at least", "at most" and "rows at least", and the moment of "not in the future". `origin`
    says where the check comes from: a contract's place, or "proposed from the data". `severe` marks those that the
    contract calls errors.
    """

    kind: Kind
    columns: tuple[str, ...]
    values: tuple[str, ...] = ()
    limit: Limit = None
    origin: str = "proposed from the data"
    severe: bool = False

    @property
    def name(self) -> str:
        """A name that is a word in every tool: `amount_at_least_0`."""
        words = [*self.columns, *self.kind.split()]
        if self.kind in {"at least", "at most", "rows at least"}:
            words.append(str(self.limit).replace("-", "minus_").replace(".", "_"))
        return "_".join(words).lower()

    @property
    def sentence(self) -> str:
        """What must be true, for a reader."""
        named = ", ".join(self.columns) or "the table"
        match self.kind:
            case "not null":
                return f"{named} is never null"
            case "unique":
                return f"{named} is unique"
            case "accepted values":
                return f"{named} is one of {', '.join(self.values)}"
            case "not in the future":
                return f"{named} is not in the future"
            case "rows at least":
                return f"the table has at least {self.limit} rows"
            case _:
                return f"{named} is {self.kind} {self.limit}"

    def broken_by(self, dialect: Dialect) -> str:
        """The condition that holds for a row which breaks it; not for "unique" and "rows at least"."""
        column = named(self.columns[0], dialect) if self.columns else ""
        match self.kind:
            case "not null":
                return f"{column} IS NULL"
            case "accepted values":
                return f"{column} NOT IN ({', '.join(literal(value) for value in self.values)})"
            case "at least":
                return f"{column} < {literal(self.limit)}"
            case "at most" | "not in the future":
                return f"{column} > {literal(self.limit)}"
            case "unique" | "rows at least":
                raise WorkspaceError(f"{self.sentence!r} is no condition of a single row")


def named(column: str, dialect: Dialect) -> str:
    """The column's name, quoted.

    Raises:
        WorkspaceError: it has a control character.
    """
    if not column or any(ord(character) < ord(" ") for character in column):
        raise WorkspaceError(f"{column[:60]!r} cannot be the name of a column")
    mark = '"' if dialect == "duckdb" else "`"
    return f"{mark}{column.replace(mark, mark * 2)}{mark}"


def literal(value: Limit) -> str:
    """The value as SQL; texts are quoted with every quote doubled and no escape left to a backslash."""
    if isinstance(value, dt.datetime):
        return f"TIMESTAMP '{value:%Y-%m-%d %H:%M:%S}'"
    if isinstance(value, int | float):
        return str(value)
    text = str(value)
    if "\\" in text or any(ord(character) < ord(" ") for character in text):
        raise WorkspaceError(f"the value {text[:60]!r} has a backslash or a control character and cannot be compared")
    doubled = text.replace("'", "''")
    return f"'{doubled}'"
