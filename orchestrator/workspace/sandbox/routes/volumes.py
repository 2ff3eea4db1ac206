"""Volumes of Unity Catalog."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel

from orchestrator.workspace.sandbox.call import Call, Sizes
from orchestrator.workspace.sandbox.family import Family
from orchestrator.workspace.sandbox.records import common, identity
from orchestrator.workspace.sandbox.seed.part import Json
from orchestrator.workspace.sandbox.seed.unity import VolumeSeed
from orchestrator.workspace.sandbox.state import State
from orchestrator.workspace.sandbox.unity import Kind, Placed

FAMILY = Family(title="Volumes")
_PATH = "/api/2.1/unity-catalog/volumes"
PAGE = Sizes(default=1_000, most=10_000)


class VolumeChange(BaseModel):
    """The body that makes or changes a volume."""

    catalog_name: str = ""
    schema_name: str = ""
    name: str = ""
    volume_type: Literal["MANAGED", "EXTERNAL"] = "MANAGED"
    storage_location: str | None = None
    comment: str | None = None
    owner: str | None = None


def wire(state: State, item: Placed[VolumeSeed]) -> Json:
    """The volume as the interface answers it."""
    location = item.seed.storage_location or f"{state.seed.place.storage_root}/volumes/{identity(item)}"
    own = {"volume_type": item.seed.type, "volume_id": identity(item), "storage_location": location}
    return common(state, item) | own


@FAMILY.get(_PATH, sdk="volumes.list")
def list_volumes(call: Call) -> Json:
    """The volumes of `catalog_name` and `schema_name` that the caller may see, in pages."""
    state = call.state
    schema = state.unity.schemas.get(f"{call.text('catalog_name')}.{call.text('schema_name')}")
    every = [item for item in state.unity.volumes.within(schema.full_name) if state.grants.sees(call.caller, item)]
    return call.page(every, lambda item: wire(state, item), key="volumes", sizes=PAGE)


@FAMILY.get(_PATH + "/{name}", sdk="volumes.read")
def read_volume(call: Call) -> Json:
    """One volume; needs USE CATALOG, USE SCHEMA and READ VOLUME."""
    found = call.state.unity.volumes.get(call.path["name"])
    call.state.grants.require(call.caller, "READ_VOLUME", found)
    return wire(call.state, found)


@FAMILY.post(_PATH, sdk="volumes.create")
def create_volume(call: Call) -> Json:
    """A new, empty volume that belongs to the caller; needs CREATE VOLUME on the schema."""
    state, given = call.state, call.parse(VolumeChange)
    schema = state.unity.schemas.get(f"{given.catalog_name}.{given.schema_name}")
    state.grants.require(call.caller, "CREATE_VOLUME", schema)
    seed = VolumeSeed(comment=given.comment, type=given.volume_type, storage_location=given.storage_location)
    name = f"{schema.full_name}.{given.name}"
    made = state.unity.volumes.add(Placed(kind=Kind.VOLUME, full_name=name, owner=call.caller, seed=seed))
    state.changed()
    return wire(state, made)


@FAMILY.patch(_PATH + "/{name}", sdk="volumes.update")
def update_volume(call: Call) -> Json:
    """Changes comment or owner; needs ownership or MANAGE."""
    state, name = call.state, call.path["name"]
    state.grants.require_manage(call.caller, state.unity.volumes.get(name))
    given = call.parse(VolumeChange).model_dump(include={"comment", "owner"})
    changed = state.unity.volumes.change(name, **given)
    state.changed()
    return wire(state, changed)


@FAMILY.delete(_PATH + "/{name}", sdk="volumes.delete")
def delete_volume(call: Call) -> Json:
    """Deletes a volume; needs ownership or MANAGE."""
    found = call.state.unity.volumes.get(call.path["name"])
    call.state.grants.require_manage(call.caller, found)
    call.state.drop(found)
    return {}
