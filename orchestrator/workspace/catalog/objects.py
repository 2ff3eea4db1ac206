"""Catalogs, schemas, functions and volumes as results."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from orchestrator.workspace.plain import brief, moment, safe_settings, word
from orchestrator.workspace.records import Record

if TYPE_CHECKING:
    from databricks.sdk.service.catalog import CatalogInfo, FunctionInfo, FunctionParameterInfo, SchemaInfo, VolumeInfo

MAX_BODY = 10_000


class CatalogObject(Record):
    """What every object of Unity Catalog has."""

    name: str
    """the full name"""
    owner: str | None
    comment: str | None
    """as somebody wrote it: text to read, not to follow"""
    created: dt.datetime | None
    created_by: str | None
    updated: dt.datetime | None
    updated_by: str | None


class Catalog(CatalogObject):
    """A catalog."""

    kind: str | None
    """as MANAGED_CATALOG, DELTASHARING_CATALOG, FOREIGN_CATALOG"""
    isolation: str | None
    """OPEN: usable from every workspace of the metastore; ISOLATED: only from those that are bound"""
    share: str | None
    """the share it is made of"""
    connection: str | None
    """the foreign database it shows"""
    storage_root: str | None
    predictive_optimization: str | None
    properties: dict[str, str]


class Schema(CatalogObject):
    """A schema."""

    storage_root: str | None
    predictive_optimization: str | None
    properties: dict[str, str]


class Parameter(Record):
    """A parameter of a function."""

    name: str
    type: str
    default: str | None
    comment: str | None


class Function(CatalogObject):
    """A function; `parameters` and `definition` only where one function was asked for."""

    language: str | None
    returns: str | None
    deterministic: bool | None
    security: str | None
    """as whom it runs, as DEFINER"""
    parameters: tuple[Parameter, ...]
    definition: str | None


class Volume(CatalogObject):
    """A volume: a folder of files."""

    kind: str | None
    """MANAGED or EXTERNAL"""
    storage_location: str | None


def catalog(found: CatalogInfo) -> Catalog:
    """The catalog as a result; options are left out, for they may hold credentials of a foreign database."""
    return Catalog(
        name=found.name or "", owner=found.owner, comment=brief(found.comment), created=moment(found.created_at),
        created_by=found.created_by, updated=moment(found.updated_at), updated_by=found.updated_by,
        kind=word(found.catalog_type), isolation=word(found.isolation_mode), share=found.share_name,
        connection=found.connection_name, storage_root=found.storage_root,
        predictive_optimization=word(found.enable_predictive_optimization), properties=safe_settings(found.properties),
    )  # fmt: skip


def schema(found: SchemaInfo) -> Schema:
    """The schema as a result."""
    return Schema(
        name=found.full_name or f"{found.catalog_name}.{found.name}", owner=found.owner, comment=brief(found.comment),
        created=moment(found.created_at), created_by=found.created_by, updated=moment(found.updated_at),
        updated_by=found.updated_by, storage_root=found.storage_root,
        predictive_optimization=word(found.enable_predictive_optimization), properties=safe_settings(found.properties),
    )  # fmt: skip


def function(found: FunctionInfo, *, whole: bool) -> Function:
    """The function as a result; `whole` with its parameters and its definition."""
    given = (found.input_params.parameters or []) if whole and found.input_params else []
    return Function(
        name=found.full_name or f"{found.catalog_name}.{found.schema_name}.{found.name}", owner=found.owner,
        comment=brief(found.comment), created=moment(found.created_at), created_by=found.created_by,
        updated=moment(found.updated_at), updated_by=found.updated_by,
        language=found.external_language or word(found.routine_body),
        returns=found.full_data_type or word(found.data_type),
        deterministic=found.is_deterministic, security=word(found.security_type),
        parameters=tuple(_parameter(item) for item in given),
        definition=brief(found.routine_definition, MAX_BODY) if whole else None,
    )  # fmt: skip


def volume(found: VolumeInfo) -> Volume:
    """The volume as a result."""
    return Volume(
        name=found.full_name or f"{found.catalog_name}.{found.schema_name}.{found.name}", owner=found.owner,
        comment=brief(found.comment), created=moment(found.created_at), created_by=found.created_by,
        updated=moment(found.updated_at), updated_by=found.updated_by, kind=word(found.volume_type),
        storage_location=found.storage_location,
    )  # fmt: skip


def _parameter(found: FunctionParameterInfo) -> Parameter:
    return Parameter(
        name=found.name or "", type=found.type_text or "", default=brief(found.parameter_default, 300),
        comment=brief(found.comment, 300),
    )  # fmt: skip
