"""Volumes of Unity Catalog."""

from __future__ import annotations

from orchestrator.workspace.sandbox.call import Call, Sizes
from orchestrator.workspace.sandbox.family import Family
from orchestrator.workspace.sandbox.records import common, identity
from orchestrator.workspace.sandbox.seed.part import Json
from orchestrator.workspace.sandbox.seed.unity import VolumeSeed
from orchestrator.workspace.sandbox.state import State
from orchestrator.workspace.sandbox.unity import Placed

FAMILY = Family(title="Volumes")
_PATH = "/api/2.1/unity-catalog/volumes"
PAGE = Sizes(default=1_000, most=10_000)


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
