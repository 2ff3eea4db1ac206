"""The securables of Unity Catalog: what there is, by full name, and what each one stands in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Generic, TypeVar

from orchestrator.workspace.sandbox.problem import CallRefusedError, missing, taken
from orchestrator.workspace.sandbox.seed.part import Owned
from orchestrator.workspace.sandbox.seed.unity import (
    CatalogSeed,
    FunctionSeed,
    ModelSeed,
    SchemaSeed,
    TableSeed,
    VolumeSeed,
)

S_co = TypeVar("S_co", bound=Owned, covariant=True)
T = TypeVar("T", bound=Owned)


class Kind(StrEnum):
    """The types of securables, as the REST interface writes them."""

    METASTORE = "METASTORE"
    CATALOG = "CATALOG"
    SCHEMA = "SCHEMA"
    TABLE = "TABLE"
    VOLUME = "VOLUME"
    FUNCTION = "FUNCTION"
    MODEL = "MODEL"
    SHARE = "SHARE"
    RECIPIENT = "RECIPIENT"


@dataclass(frozen=True, kw_only=True)
class Placed(Generic[S_co]):
    """A securable with its place; `seed` is what is known about it now, changes included."""

    kind: Kind
    full_name: str
    owner: str
    seed: S_co

    @property
    def name(self) -> str:
        """The last part of the name."""
        return self.full_name.rpartition(".")[2]

    @property
    def catalog(self) -> str:
        """The first part of the name."""
        return self.full_name.partition(".")[0]

    @property
    def schema(self) -> str:
        """The second part of the name; empty for a catalog."""
        parts = self.full_name.split(".")
        return parts[1] if len(parts) > 1 else ""

    @property
    def parent(self) -> str:
        """The full name of what it stands in; empty for a catalog."""
        return self.full_name.rpartition(".")[0]


class Shelf(Generic[T]):
    """All securables of one kind, by full name in lower case, as Unity Catalog compares names."""

    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        self._items: dict[str, Placed[T]] = {}

    def __iter__(self) -> Iterator[Placed[T]]:
        return iter(self._items.values())

    def __len__(self) -> int:
        return len(self._items)

    def __contains__(self, full_name: str) -> bool:
        return full_name.lower() in self._items

    def get(self, full_name: str) -> Placed[T]:
        """The securable of this name.

        Raises:
            CallRefusedError: there is none (404).
        """
        found = self._items.get(full_name.lower())
        if found is None:
            raise missing("registered_model" if self.kind is Kind.MODEL else self.kind.lower(), full_name)
        return found

    def within(self, parent: str) -> list[Placed[T]]:
        """Those that stand directly in the parent, by name."""
        wanted = parent.lower()
        return sorted((item for item in self if item.parent.lower() == wanted), key=lambda item: item.full_name)

    def add(self, item: Placed[T], *, replacing: bool = False) -> Placed[T]:
        """Put it on the shelf.

        Raises:
            CallRefusedError: the name is taken (409).
        """
        key = item.full_name.lower()
        if key in self._items and not replacing:
            raise taken(self.kind.lower(), item.full_name)
        self._items[key] = item
        return item

    def change(self, full_name: str, **values: object) -> Placed[T]:
        """Set fields of what is known about a securable; None leaves a field as it is. `owner` changes the owner."""
        found = self.get(full_name)
        given = {name: value for name, value in values.items() if value is not None}
        owner = given.pop("owner", None)
        changed = replace(found, seed=found.seed.model_copy(update=given))
        if isinstance(owner, str):
            changed = replace(changed, owner=owner)
        self._items[full_name.lower()] = changed
        return changed

    def unset(self, full_name: str, field: str) -> Placed[T]:
        """Set a field to None."""
        found = self.get(full_name)
        changed = replace(found, seed=found.seed.model_copy(update={field: None}))
        self._items[full_name.lower()] = changed
        return changed

    def remove(self, full_name: str) -> Placed[T]:
        """Take it off the shelf."""
        found = self.get(full_name)
        del self._items[full_name.lower()]
        return found


class Unity:
    """Every securable of the metastore."""

    def __init__(self, catalogs: dict[str, CatalogSeed], *, admin: str) -> None:
        self.catalogs: Shelf[CatalogSeed] = Shelf(Kind.CATALOG)
        self.schemas: Shelf[SchemaSeed] = Shelf(Kind.SCHEMA)
        self.tables: Shelf[TableSeed] = Shelf(Kind.TABLE)
        self.volumes: Shelf[VolumeSeed] = Shelf(Kind.VOLUME)
        self.functions: Shelf[FunctionSeed] = Shelf(Kind.FUNCTION)
        self.models: Shelf[ModelSeed] = Shelf(Kind.MODEL)
        for name, catalog in catalogs.items():
            self._place_catalog(name, catalog, admin)

    def _place_catalog(self, name: str, catalog: CatalogSeed, admin: str) -> None:
        owner = catalog.owner or admin
        self.catalogs.add(Placed(kind=Kind.CATALOG, full_name=name, owner=owner, seed=catalog))
        for schema_name, schema in catalog.schemas.items():
            self._place_schema(f"{name}.{schema_name}", schema, schema.owner or owner)

    def _place_schema(self, name: str, schema: SchemaSeed, owner: str) -> None:
        self.schemas.add(Placed(kind=Kind.SCHEMA, full_name=name, owner=owner, seed=schema))
        for table_name, table in schema.tables.items():
            self.tables.add(_placed(Kind.TABLE, name, table_name, table, owner))
        for volume_name, volume in schema.volumes.items():
            self.volumes.add(_placed(Kind.VOLUME, name, volume_name, volume, owner))
        for function_name, function in schema.functions.items():
            self.functions.add(_placed(Kind.FUNCTION, name, function_name, function, owner))
        for model_name, model in schema.models.items():
            self.models.add(_placed(Kind.MODEL, name, model_name, model, owner))

    def find(self, kind: Kind, full_name: str) -> Placed[Owned]:
        """The securable of a kind and name.

        Raises:
            CallRefusedError: there is none (404), or the kind is none of Unity Catalog's here (400).
        """
        match kind:
            case Kind.CATALOG:
                return self.catalogs.get(full_name)
            case Kind.SCHEMA:
                return self.schemas.get(full_name)
            case Kind.TABLE:
                return self.tables.get(full_name)
            case Kind.VOLUME:
                return self.volumes.get(full_name)
            case Kind.FUNCTION:
                return self.models.get(full_name) if full_name in self.models else self.functions.get(full_name)
            case Kind.MODEL:
                return self.models.get(full_name)
            case _:
                raise CallRefusedError(400, "INVALID_PARAMETER_VALUE", f"{kind} is no securable of a catalog")

    def change(self, kind: Kind, full_name: str, *, owner: str | None = None, comment: str | None = None) -> None:
        """Set the owner or the comment of a securable."""
        for shelf in (self.catalogs, self.schemas, self.tables, self.volumes, self.functions, self.models):
            if shelf.kind is kind:
                shelf.change(full_name, owner=owner, comment=comment)

    def inside(self, full_name: str) -> list[Placed[Owned]]:
        """Every securable that stands in a catalog or schema."""
        start = full_name.lower() + "."
        return [item for item in self.everything() if item.full_name.lower().startswith(start)]

    def remove(self, item: Placed[Owned]) -> None:
        """Take a securable away."""
        for shelf in (self.catalogs, self.schemas, self.tables, self.volumes, self.functions, self.models):
            if shelf.kind is item.kind:
                shelf.remove(item.full_name)

    def everything(self) -> Iterator[Placed[Owned]]:
        """Every securable, catalogs first."""
        yield from self.catalogs
        yield from self.schemas
        yield from self.tables
        yield from self.volumes
        yield from self.functions
        yield from self.models


def _placed(kind: Kind, schema: str, name: str, seed: T, owner: str) -> Placed[T]:
    return Placed(kind=kind, full_name=f"{schema}.{name}", owner=seed.owner or owner, seed=seed)
