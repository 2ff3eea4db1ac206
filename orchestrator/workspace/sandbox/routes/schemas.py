"""Schemas of Unity Catalog."""

from __future__ import annotations

from pydantic import BaseModel

from orchestrator.workspace.sandbox.call import Call, Sizes
from orchestrator.workspace.sandbox.family import Family
from orchestrator.workspace.sandbox.problem import CallRefusedError
from orchestrator.workspace.sandbox.records import common, identity
from orchestrator.workspace.sandbox.seed.part import Json
from orchestrator.workspace.sandbox.seed.unity import SchemaSeed
from orchestrator.workspace.sandbox.state import State
from orchestrator.workspace.sandbox.unity import Kind, Placed
from orchestrator.workspace.sandbox.warehouse.system_schema import SYSTEM

FAMILY = Family(title="Schemas")
_PATH = "/api/2.1/unity-catalog/schemas"
PAGE = Sizes(default=50, most=1_000)


class SchemaChange(BaseModel):
    """The body that makes or changes a schema."""

    name: str = ""
    catalog_name: str = ""
    comment: str | None = None
    owner: str | None = None
    properties: dict[str, str] | None = None


def wire(state: State, item: Placed[SchemaSeed]) -> Json:
    """The schema as the interface answers it."""
    return {
        **common(state, item),
        "catalog_name": item.catalog,
        "catalog_type": "SYSTEM_CATALOG" if item.catalog == SYSTEM else "MANAGED_CATALOG",
        "schema_id": identity(item),
        "properties": item.seed.properties,
    }


@FAMILY.get(_PATH, sdk="schemas.list")
def list_schemas(call: Call) -> Json:
    """The schemas of `catalog_name` that the caller may see, by name, in pages."""
    state = call.state
    catalog = state.unity.catalogs.get(call.text("catalog_name"))
    every = [item for item in state.unity.schemas.within(catalog.full_name) if state.grants.sees(call.caller, item)]
    return call.page(every, lambda item: wire(state, item), key="schemas", sizes=PAGE)


@FAMILY.get(_PATH + "/{full_name}", sdk="schemas.get")
def get_schema(call: Call) -> Json:
    """One schema; 404 `SCHEMA_DOES_NOT_EXIST`, 403 without USE CATALOG or any privilege on it."""
    state = call.state
    found = state.unity.schemas.get(call.path["full_name"])
    if not state.grants.sees(call.caller, found):
        state.grants.require(call.caller, "USE_SCHEMA", found)
    return wire(state, found)


@FAMILY.post(_PATH, sdk="schemas.create")
def create_schema(call: Call) -> Json:
    """A new, empty schema that belongs to the caller; needs CREATE SCHEMA on the catalog."""
    state = call.state
    given = call.parse(SchemaChange)
    state.grants.require(call.caller, "CREATE_SCHEMA", state.unity.catalogs.get(given.catalog_name))
    if not given.name or "." in given.name:
        raise CallRefusedError(400, "INVALID_PARAMETER_VALUE", f"{given.name!r} is no name of a schema")
    made = state.unity.schemas.add(
        Placed(
            kind=Kind.SCHEMA,
            full_name=f"{given.catalog_name}.{given.name}",
            owner=call.caller,
            seed=SchemaSeed(comment=given.comment, properties=given.properties or {}),
        )
    )
    state.changed()
    return wire(state, made)


@FAMILY.patch(_PATH + "/{full_name}", sdk="schemas.update")
def update_schema(call: Call) -> Json:
    """Changes comment, owner or properties; needs ownership or MANAGE."""
    state = call.state
    state.grants.require_manage(call.caller, state.unity.schemas.get(call.path["full_name"]))
    given = call.parse(SchemaChange).model_dump(include={"comment", "owner", "properties"})
    changed = state.unity.schemas.change(call.path["full_name"], **given)
    state.changed()
    return wire(state, changed)


@FAMILY.delete(_PATH + "/{full_name}", sdk="schemas.delete")
def delete_schema(call: Call) -> Json:
    """Deletes a schema; one that is not empty only with `force`."""
    state = call.state
    item = state.unity.schemas.get(call.path["full_name"])
    state.grants.require_manage(call.caller, item)
    if state.unity.inside(item.full_name) and not call.flag("force"):
        raise CallRefusedError(400, "UNITY_CATALOG_RESOURCE_NOT_EMPTY", f"Schema '{item.full_name}' is not empty.")
    state.drop(item)
    return {}
