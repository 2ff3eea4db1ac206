"""Unity Catalog in a seed: catalogs with schemas with tables, volumes, functions and models."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from orchestrator.workspace.sandbox.seed.moment import Moment
from orchestrator.workspace.sandbox.seed.part import Name, Owned, Part, Tags


class MaskSeed(Part):
    """A column mask: the function and the other columns it takes."""

    function: str
    using: list[str] = Field(default_factory=list)


class ColumnSeed(Part):
    """A column; a plain text in YAML is its type.

    `values` says what its generated rows hold: `email`, `person`, `phone`, `street`, `iban`, `card`, `national_id`,
    `ip`, `birth_date`, `text`, `one of a, b, c`, `from 1 to 10`, `key`, `empty`; by default what name and type suggest.
    """

    type: str = "string"
    comment: str | None = None
    nullable: bool = True
    tags: Tags = Field(default_factory=dict)
    mask: MaskSeed | None = None
    values: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _plain(cls, value: object) -> object:
        return {"type": value} if isinstance(value, str) else value


class RowFilterSeed(Part):
    """A row filter: the function and the columns it takes."""

    function: str
    columns: list[str]


class TableSeed(Owned):
    """A table or view; `rows` is the number of rows that are generated, `size_bytes` and `files` what DETAIL tells."""

    type: Literal["MANAGED", "EXTERNAL", "VIEW", "MATERIALIZED_VIEW", "STREAMING_TABLE"] = "MANAGED"
    format: str = "DELTA"
    columns: dict[Name, ColumnSeed] = Field(min_length=1)
    primary_key: list[str] = Field(default_factory=list)
    row_filter: RowFilterSeed | None = None
    properties: dict[str, str] = Field(default_factory=dict)
    storage_location: str | None = None
    view_definition: str | None = None
    pipeline: str | None = None
    created: Moment | None = None
    updated: Moment | None = None
    rows: int = Field(default=20, ge=0, le=10_000)
    size_bytes: int | None = None
    files: int | None = None
    history: list[OperationSeed] = Field(default_factory=list)


class OperationSeed(Part):
    """One entry of a table's history, as DESCRIBE HISTORY tells it."""

    at: Moment
    operation: str
    by: str
    rows: int | None = None


class VolumeSeed(Owned):
    """A volume."""

    type: Literal["MANAGED", "EXTERNAL"] = "MANAGED"
    storage_location: str | None = None


class ParameterSeed(Part):
    """A parameter of a function."""

    name: str
    type: str


class FunctionSeed(Owned):
    """A function: `body` is what stands behind RETURN, or the text of a Python function, which nothing here runs."""

    language: Literal["SQL", "PYTHON"] = "SQL"
    parameters: list[ParameterSeed] = Field(default_factory=list)
    returns: str = "STRING"
    body: str


class VersionSeed(Part):
    """A version of a registered model."""

    version: int
    comment: str | None = None
    run_id: str | None = None
    created: Moment | None = None
    by: str | None = None
    aliases: list[str] = Field(default_factory=list)
    status: Literal["READY", "PENDING_REGISTRATION", "FAILED_REGISTRATION"] = "READY"


class ModelSeed(Owned):
    """A model registered in Unity Catalog."""

    versions: list[VersionSeed] = Field(default_factory=list)


class SchemaSeed(Owned):
    """A schema with what it holds."""

    tables: dict[Name, TableSeed] = Field(default_factory=dict)
    volumes: dict[Name, VolumeSeed] = Field(default_factory=dict)
    functions: dict[Name, FunctionSeed] = Field(default_factory=dict)
    models: dict[Name, ModelSeed] = Field(default_factory=dict)
    properties: dict[str, str] = Field(default_factory=dict)


class CatalogSeed(Owned):
    """A catalog with its schemas."""

    isolation_mode: Literal["OPEN", "ISOLATED"] = "OPEN"
    storage_root: str | None = None
    properties: dict[str, str] = Field(default_factory=dict)
    schemas: dict[Name, SchemaSeed] = Field(default_factory=dict)


class LineageSeed(Part):
    """What is written into `target`: from which tables, by which job or pipeline, and column by column."""

    target: str
    sources: list[str] = Field(min_length=1)
    by: str | None = None
    columns: dict[str, list[str]] = Field(default_factory=dict)
