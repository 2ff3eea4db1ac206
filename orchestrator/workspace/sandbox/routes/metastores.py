"""The metastore of the workspace and its system schemas."""

from __future__ import annotations

from orchestrator.workspace.sandbox.call import Call
from orchestrator.workspace.sandbox.family import Family
from orchestrator.workspace.sandbox.problem import missing
from orchestrator.workspace.sandbox.records import AGE
from orchestrator.workspace.sandbox.seed.part import Json
from orchestrator.workspace.sandbox.warehouse.system_schema import INFORMATION_SCHEMA, SYSTEM

FAMILY = Family(title="Metastore")
_PATH = "/api/2.1/unity-catalog"


@FAMILY.get(f"{_PATH}/current-metastore-assignment", sdk="metastores.current")
def current(call: Call) -> Json:
    """The metastore of the workspace."""
    place = call.state.seed.place
    return {"metastore_id": place.metastore_id, "workspace_id": place.workspace_id}


@FAMILY.get(f"{_PATH}/metastore_summary", sdk="metastores.summary")
def summary(call: Call) -> Json:
    """Name, cloud, region, owner and sharing settings of the metastore."""
    place = call.state.seed.place
    return {
        "metastore_id": place.metastore_id,
        "global_metastore_id": f"{place.cloud}:{place.region}:{place.metastore_id}",
        "name": place.metastore_name,
        "cloud": place.cloud,
        "region": place.region,
        "owner": place.admin,
        "storage_root": place.storage_root,
        "delta_sharing_scope": "INTERNAL_AND_EXTERNAL",
        "created_at": call.state.now - AGE,
        "created_by": place.admin,
        "privilege_model_version": "1.0",
    }


@FAMILY.get(f"{_PATH}/metastores/{{metastore_id}}/systemschemas", sdk="system_schemas.list")
def system_schemas(call: Call) -> Json:
    """The system schemas, all enabled."""
    if call.path["metastore_id"] != call.state.seed.place.metastore_id:
        raise missing("metastore", call.path["metastore_id"])
    names = [item.name for item in call.state.unity.schemas.within(SYSTEM) if item.name != INFORMATION_SCHEMA]
    return {"schemas": [{"schema": name, "state": "ENABLE_COMPLETED"} for name in names]}
