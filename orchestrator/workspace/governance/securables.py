"""The objects of Unity Catalog that carry privileges and tags, and where each stands in the tree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from orchestrator.errors import WorkspaceError
from orchestrator.workspace.names import addressed, quoted

Kind = Literal["metastore", "catalog", "schema", "table", "volume", "function"]
TagKind = Literal["catalogs", "schemas", "tables", "columns", "volumes"]
_PARTS: dict[str, int] = {"catalog": 1, "schema": 2, "table": 3, "volume": 3, "function": 3, "column": 4}
_TAGGED: dict[str, TagKind] = {
    "catalog": "catalogs", "schema": "schemas", "table": "tables", "volume": "volumes", "column": "columns",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True, order=True)
class Securable:
    """An object that privileges are granted on; `name` is as the REST interface takes it."""

    kind: Kind
    name: str

    def __str__(self) -> str:
        """`table main.sales.orders`."""
        return f"{self.kind} {self.name}"

    def covers(self, name: str) -> bool:
        """Whether the object of this full name is this one or stands under it."""
        return self.kind == "metastore" or name == self.name or name.startswith(f"{self.name}.")


def securable(kind: Kind, name: str) -> Securable:
    """The object of that kind.

    Raises:
        WorkspaceError: the name has not the number of parts that the kind needs, or a part cannot be a name.
    """
    if kind == "metastore":
        return Securable(kind=kind, name=name)
    return Securable(kind=kind, name=full_name(kind, name))


def full_name(kind: str, name: str) -> str:
    """The name of a catalog, schema, table, volume, function or column without backticks.

    Raises:
        WorkspaceError: it has not the number of parts that the kind needs, or a part cannot be a name.
    """
    parts = [part.strip("`") for part in name.strip().split(".")]
    if len(parts) != _PARTS[kind]:
        shape = (
            ".".join(("catalog", "schema", kind, "column")[: _PARTS[kind]]) if kind != "column" else "c.s.table.column"
        )
        raise WorkspaceError(f"{name[:100]!r} is not the name of a {kind}; write {shape}")
    for part in parts:
        quoted(addressed(part))
    return ".".join(parts)


def tag_kind(kind: str) -> TagKind:
    """The word of the tag interface for a kind of object."""
    return _TAGGED[kind]
