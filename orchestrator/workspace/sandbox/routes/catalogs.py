"""Catalogs of Unity Catalog."""

from __future__ import annotations

from pydantic import BaseModel, Field

from orchestrator.workspace.sandbox.call import Call, Sizes
from orchestrator.workspace.sandbox.family import Family
from orchestrator.workspace.sandbox.problem import CallRefusedError, denied
from orchestrator.workspace.sandbox.records import common
from orchestrator.workspace.sandbox.seed.part import Json
from orchestrator.workspace.sandbox.seed.unity import CatalogSeed
from orchestrator.workspace.sandbox.state import State
from orchestrator.workspace.sandbox.unity import Kind, Placed
from orchestrator.workspace.sandbox.warehouse.system_schema import SYSTEM

FAMILY = Family(title="Catalogs")
_PATH = "/api/2.1/unity-catalog/catalogs"
PAGE = Sizes(default=50, most=1_000)


class CatalogChange(BaseModel):
    """The body that makes or changes a catalog."""

    name: str = ""
    new_name: str | None = None
    comment: str | None = None
    owner: str | None = None
    isolation_mode: str | None = None
    properties: dict[str, str] | None = None
    storage_root: str | None = Field(default=None)


def wire(state: State, item: Placed[CatalogSeed]) -> Json:
    """The catalog as the interface answers it."""
    place = state.seed.place
    return {
        **common(state, item),
        "catalog_type": "SYSTEM_CATALOG" if item.name == SYSTEM else "MANAGED_CATALOG",
        "isolation_mode": item.seed.isolation_mode,
        "properties": item.seed.properties,
        "securable_type": "CATALOG",
        "storage_root": item.seed.storage_root or place.storage_root,
        "storage_location": f"{item.seed.storage_root or place.storage_root}/{item.name}",
        "enable_predictive_optimization": "INHERIT",
    }


@FAMILY.get(_PATH, sdk="catalogs.list")
def list_catalogs(call: Call) -> Json:
    """The catalogs that the caller may see, by name, in pages, with `system`."""
    state = call.state
    seen = [
        item for item in state.unity.catalogs if state.grants.sees(call.caller, item) or call.flag("include_browse")
    ]
    return call.page(
        sorted(seen, key=lambda item: item.name), lambda item: wire(state, item), key="catalogs", sizes=PAGE
    )


@FAMILY.get(_PATH + "/{name}", sdk="catalogs.get")
def get_catalog(call: Call) -> Json:
    """One catalog; 404 `CATALOG_DOES_NOT_EXIST`, 403 without any privilege on it."""
    item = call.state.unity.catalogs.get(call.path["name"])
    if not call.state.grants.sees(call.caller, item):
        raise denied(f"User does not have USE CATALOG on Catalog '{item.name}'.")
    return wire(call.state, item)


@FAMILY.post(_PATH, sdk="catalogs.create")
def create_catalog(call: Call) -> Json:
    """A new, empty catalog that belongs to the caller; needs CREATE CATALOG on the metastore."""
    state = call.state
    if not (
        state.people.is_admin(call.caller) or "CREATE_CATALOG" in state.grants.held(call.caller, Kind.METASTORE, "")
    ):
        raise denied("User does not have CREATE CATALOG on Metastore.")
    given = call.parse(CatalogChange)
    if not given.name or "." in given.name:
        raise CallRefusedError(400, "INVALID_PARAMETER_VALUE", f"{given.name!r} is no name of a catalog")
    seed = CatalogSeed(comment=given.comment, properties=given.properties or {}, storage_root=given.storage_root)
    made = state.unity.catalogs.add(Placed(kind=Kind.CATALOG, full_name=given.name, owner=call.caller, seed=seed))
    state.changed()
    return wire(state, made)


@FAMILY.patch(_PATH + "/{name}", sdk="catalogs.update")
def update_catalog(call: Call) -> Json:
    """Changes comment, owner, isolation mode or properties; needs ownership or MANAGE."""
    state = call.state
    state.grants.require_manage(call.caller, state.unity.catalogs.get(call.path["name"]))
    given = call.parse(CatalogChange).model_dump(exclude={"name", "new_name", "storage_root"})
    changed = state.unity.catalogs.change(call.path["name"], **given)
    state.changed()
    return wire(state, changed)


@FAMILY.delete(_PATH + "/{name}", sdk="catalogs.delete")
def delete_catalog(call: Call) -> Json:
    """Deletes a catalog; one that is not empty only with `force`."""
    state = call.state
    item = state.unity.catalogs.get(call.path["name"])
    state.grants.require_manage(call.caller, item)
    held = state.unity.inside(item.full_name)
    if held and not call.flag("force"):
        raise CallRefusedError(400, "UNITY_CATALOG_RESOURCE_NOT_EMPTY", f"Catalog '{item.name}' is not empty.")
    state.drop(item)
    return {}
