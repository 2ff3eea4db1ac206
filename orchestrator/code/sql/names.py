"""The name of a table or of another securable, as it stands in a statement."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

_FULL: Final = 3
PATH_FORMATS: Final = frozenset(
    {"DELTA", "PARQUET", "CSV", "JSON", "ORC", "AVRO", "TEXT", "BINARYFILE", "ICEBERG", "XML", "CLOUDFILES"}
)


@dataclass(frozen=True, kw_only=True)
class TableName:
    """A name of up to three parts; `start` and `end` are offsets in the template's text.

    `path` is set for "format.`path`" and `dynamic` for `IDENTIFIER(...)`, a parameter or a string; neither has parts
    that name a catalog object.
    """

    parts: tuple[str, ...]
    text: str
    start: int
    end: int
    has_hole: bool = False
    path: str | None = None
    dynamic: bool = False

    @property
    def key(self) -> tuple[str, ...]:
        """The parts in lower case: equal for names that Databricks takes for the same."""
        return tuple(part.lower() for part in self.parts)

    @property
    def qualified(self) -> str:
        """The lower-case parts joined by dots, without quotes."""
        return ".".join(self.key)

    @property
    def table(self) -> str:
        """The last part in lower case, empty for a path or a dynamic name."""
        return self.key[-1] if self.parts else ""

    @property
    def schema(self) -> str | None:
        """The second part from the end in lower case."""
        return self.key[-2] if len(self.parts) > 1 else None

    @property
    def catalog(self) -> str | None:
        """The third part from the end in lower case."""
        return self.key[-3] if len(self.parts) == _FULL else None

    @property
    def is_resolved(self) -> bool:
        """Whether it names one known catalog object: no hole, no path, not computed."""
        return not (self.has_hole or self.dynamic or self.path is not None) and bool(self.parts)

    def same(self, other: TableName) -> bool:
        """Whether both are resolved and equal in the parts that both give, counted from the end."""
        if not (self.is_resolved and other.is_resolved):
            return False
        shared = min(len(self.parts), len(other.parts))
        return self.key[-shared:] == other.key[-shared:]
