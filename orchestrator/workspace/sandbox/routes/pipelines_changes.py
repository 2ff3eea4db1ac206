"""Pipelines that calls make, change and delete."""

from __future__ import annotations

from orchestrator.workspace.sandbox.call import Call
from orchestrator.workspace.sandbox.family import Family
from orchestrator.workspace.sandbox.problem import CallRefusedError, invalid
from orchestrator.workspace.sandbox.seed.part import Json
from orchestrator.workspace.sandbox.work import LivePipeline

FAMILY = Family(title="Changes of pipelines")
_PATH = "/api/2.0/pipelines"
_ONE = _PATH + "/{pipeline_id}"
_NO_SETTING = frozenset({"allow_duplicate_names", "dry_run", "expected_last_modified", "id", "name", "pipeline_id"})
_FIXED = ("catalog", "storage")


@FAMILY.post(_PATH, sdk="pipelines.create")
def create_pipeline(call: Call) -> Json:
    """A new pipeline that belongs to the caller; 409 for a name that is taken, unless duplicates are allowed."""
    work, name = call.state.work, str(call.body.get("name") or "")
    taken = any(pipeline.name == name for pipeline in work.pipelines.values())
    if taken and call.body.get("allow_duplicate_names") is not True:
        raise CallRefusedError(
            409, "RESOURCE_CONFLICT", f"The pipeline name '{name[:100]}' is already used by another pipeline."
        )
    pipeline_id = work.identity("pipeline")
    made = LivePipeline(pipeline_id=pipeline_id, name=name, spec=_spec(call.body), creator=call.caller)
    _runs_as(made)
    work.pipelines[pipeline_id] = made
    call.state.changed()
    return {"pipeline_id": pipeline_id}


@FAMILY.put(_ONE, sdk="pipelines.update")
def update_pipeline(call: Call) -> Json:
    """Puts these settings in place of all that a pipeline has; its catalog and storage cannot change."""
    found = call.state.work.pipeline(call.path["pipeline_id"])
    spec = _spec(call.body)
    for name in _FIXED:
        if found.spec.get(name) != spec.get(name):
            raise invalid(f"Modifying the {name} of an existing pipeline is not allowed.")
    found.spec, found.name = spec, str(call.body.get("name") or found.name)
    _runs_as(found)
    call.state.changed()
    return {}


@FAMILY.delete(_ONE, sdk="pipelines.delete")
def delete_pipeline(call: Call) -> Json:
    """Deletes a pipeline; the tables that it made stay in the sandbox, whatever `cascade` says."""
    found = call.state.work.pipeline(call.path["pipeline_id"])
    del call.state.work.pipelines[found.pipeline_id]
    call.state.changed()
    return {}


def _spec(body: Json) -> Json:
    return {key: value for key, value in body.items() if key not in _NO_SETTING}


def _runs_as(pipeline: LivePipeline) -> None:
    given = pipeline.spec.get("run_as")
    named = given if isinstance(given, dict) else {}
    pipeline.run_as = str(named.get("service_principal_name") or named.get("user_name") or "") or None
