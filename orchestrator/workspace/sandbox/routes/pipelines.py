"""Declarative pipelines, their updates and events."""

from __future__ import annotations

from orchestrator.workspace.sandbox.call import Call, Sizes
from orchestrator.workspace.sandbox.family import Family
from orchestrator.workspace.sandbox.people import stable_id
from orchestrator.workspace.sandbox.problem import absent
from orchestrator.workspace.sandbox.seed.moment import text_of
from orchestrator.workspace.sandbox.seed.part import Json
from orchestrator.workspace.sandbox.seed.pipelines import EventSeed, UpdateSeed
from orchestrator.workspace.sandbox.state import State
from orchestrator.workspace.sandbox.work import LivePipeline

FAMILY = Family(title="Pipelines")
_PATH = "/api/2.0/pipelines"
_ONE = _PATH + "/{pipeline_id}"
PAGE = Sizes(default=25, most=100)
EVENT_PAGE = Sizes(default=250, most=250)
_SHOWN_UPDATES = 5


def _pipeline(call: Call) -> LivePipeline:
    return call.state.work.pipeline(call.path["pipeline_id"])


def _update_id(pipeline: LivePipeline, update: UpdateSeed) -> str:
    return stable_id("update", pipeline.pipeline_id, str(update.at))


def _head(state: State, pipeline: LivePipeline) -> Json:
    creator = pipeline.creator or state.people.admin
    newest = sorted(pipeline.updates, key=lambda update: -update.at)[:_SHOWN_UPDATES]
    answer: Json = {
        "pipeline_id": pipeline.pipeline_id,
        "name": pipeline.name,
        "state": pipeline.state,
        "creator_user_name": creator,
        "run_as_user_name": pipeline.run_as or creator,
    }
    if newest:
        answer["latest_updates"] = [
            {"update_id": _update_id(pipeline, update), "state": update.state, "creation_time": text_of(update.at)}
            for update in newest
        ]
    if pipeline.health is not None:
        answer["health"] = pipeline.health
    return answer


@FAMILY.get(_PATH, sdk="pipelines.list_pipelines")
def list_pipelines(call: Call) -> Json:
    """The pipelines with their newest updates, with `filter` of the form `name LIKE '%...%'`, in pages."""
    wanted = call.query.get("filter", "").partition("LIKE")[2].strip().strip("'\"%").lower()
    every = [pipeline for pipeline in call.state.work.pipelines.values() if wanted in pipeline.name.lower()]
    return call.page(every, lambda pipeline: _head(call.state, pipeline), key="statuses", sizes=PAGE)


@FAMILY.get(_ONE, sdk="pipelines.get")
def get_pipeline(call: Call) -> Json:
    """One pipeline with its settings."""
    pipeline = _pipeline(call)
    spec = {"id": pipeline.pipeline_id, "name": pipeline.name} | pipeline.spec
    return _head(call.state, pipeline) | {"spec": spec, "last_modified": call.state.now}


def _update_wire(pipeline: LivePipeline, update: UpdateSeed) -> Json:
    return {
        "pipeline_id": pipeline.pipeline_id,
        "update_id": _update_id(pipeline, update),
        "state": update.state,
        "cause": update.cause,
        "creation_time": update.at,
        "full_refresh": update.full_refresh,
    }


@FAMILY.get(_ONE + "/updates", sdk="pipelines.list_updates")
def list_updates(call: Call) -> Json:
    """The updates of a pipeline, newest first, in pages."""
    pipeline = _pipeline(call)
    every = sorted(pipeline.updates, key=lambda update: -update.at)
    return call.page(every, lambda update: _update_wire(pipeline, update), key="updates", sizes=PAGE)


@FAMILY.get(_ONE + "/updates/{update_id}", sdk="pipelines.get_update")
def get_update(call: Call) -> Json:
    """One update of a pipeline."""
    pipeline = _pipeline(call)
    for update in pipeline.updates:
        if _update_id(pipeline, update) == call.path["update_id"]:
            return {"update": _update_wire(pipeline, update)}
    raise absent("The specified update", call.path["update_id"][:60])


def _event_wire(pipeline: LivePipeline, event: EventSeed) -> Json:
    return {
        "id": stable_id("event", pipeline.pipeline_id, str(event.at), event.message),
        "event_type": event.type,
        "level": event.level,
        "maturity_level": "STABLE",
        "message": event.message,
        "timestamp": text_of(event.at),
        "origin": {"pipeline_id": pipeline.pipeline_id, "pipeline_name": pipeline.name},
    }


@FAMILY.get(_ONE + "/events", sdk="pipelines.list_pipeline_events")
def list_events(call: Call) -> Json:
    """The events of a pipeline, newest first, in pages."""
    pipeline = _pipeline(call)
    every = sorted(pipeline.events, key=lambda event: -event.at)
    return call.page(every, lambda event: _event_wire(pipeline, event), key="events", sizes=EVENT_PAGE)
