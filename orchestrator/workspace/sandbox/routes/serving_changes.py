"""Model serving endpoints that calls make, update and delete: an update ends at once."""

from __future__ import annotations

from pydantic import BaseModel, Field

from orchestrator.workspace.sandbox.call import Call
from orchestrator.workspace.sandbox.family import Family
from orchestrator.workspace.sandbox.problem import CallRefusedError, invalid
from orchestrator.workspace.sandbox.routes.serving import detailed, one, served_name
from orchestrator.workspace.sandbox.seed.learning import EndpointSeed, ServedSeed
from orchestrator.workspace.sandbox.seed.part import Json
from orchestrator.workspace.sandbox.state import State

FAMILY = Family(title="Changes of serving endpoints")
_PATH = "/api/2.0/serving-endpoints"
_ONE = _PATH + "/{name}"
_WHOLE = 100


class NewEntity(BaseModel):
    """A version to be served."""

    name: str | None = None
    entity_name: str
    entity_version: int
    workload_size: str = "Small"
    workload_type: str = "CPU"
    scale_to_zero_enabled: bool = False
    environment_vars: dict[str, str] = Field(default_factory=dict)


class NewRoute(BaseModel):
    """The share of one served version."""

    served_model_name: str | None = None
    served_entity_name: str | None = None
    traffic_percentage: int = Field(ge=0, le=_WHOLE)


class NewTraffic(BaseModel):
    """The shares."""

    routes: list[NewRoute] = Field(default_factory=list)


class NewConfig(BaseModel):
    """What is served."""

    served_entities: list[NewEntity] = Field(min_length=1)
    traffic_config: NewTraffic = Field(default_factory=NewTraffic)


class NewEndpoint(BaseModel):
    """The body that makes an endpoint."""

    name: str
    config: NewConfig


@FAMILY.post(_PATH, sdk="serving_endpoints.create")
def create_endpoint(call: Call) -> Json:
    """A new endpoint that belongs to the caller, ready at once; 400 where there is one of that name."""
    asked = call.parse(NewEndpoint)
    if any(each.name == asked.name for each in call.state.endpoints):
        raise CallRefusedError(
            400, "RESOURCE_ALREADY_EXISTS", f"Endpoint with name '{asked.name[:60]}' already exists."
        )
    served = _served(asked.config, [])
    failed = _broken(call.state, served)
    made = EndpointSeed(
        name=asked.name, creator=call.caller, created=call.state.now, updated=call.state.now, served=served,
        ready=not failed, update="UPDATE_FAILED" if failed else "NOT_UPDATING",
    )  # fmt: skip
    call.state.endpoints.append(made)
    call.state.changed()
    return detailed(call.state, made)


@FAMILY.put(_ONE + "/config", sdk="serving_endpoints.update_config")
def update_endpoint(call: Call) -> Json:
    """Puts these served versions and shares in place of all others; it fails for one that cannot be loaded."""
    before = one(call)
    served = _served(call.parse(NewConfig), before.served)
    if _broken(call.state, served):
        after = before.model_copy(update={"update": "UPDATE_FAILED"})
    else:
        after = before.model_copy(update={"served": served, "update": "NOT_UPDATING", "updated": call.state.now})
    call.state.endpoints[call.state.endpoints.index(before)] = after
    call.state.changed()
    return detailed(call.state, after)


@FAMILY.delete(_ONE, sdk="serving_endpoints.delete")
def delete_endpoint(call: Call) -> Json:
    """Deletes an endpoint."""
    call.state.endpoints.remove(one(call))
    call.state.changed()
    return {}


def _served(config: NewConfig, before: list[ServedSeed]) -> list[ServedSeed]:
    """The served versions with their shares; logs and state of those that were there stay.

    Raises:
        CallRefusedError: two have one name, a share is of none of them, or the shares are not 100 in all (400).
    """
    known = {served_name(each): each for each in before}
    entities = {_name(each): each for each in config.served_entities}
    routes = {each.served_model_name or each.served_entity_name: each for each in config.traffic_config.routes}
    shares = {name: routes[name].traffic_percentage if name in routes else 0 for name in entities}
    if not routes and len(entities) == 1:
        shares = dict.fromkeys(entities, _WHOLE)
    if len(entities) < len(config.served_entities):
        raise invalid("Served entity names must be unique within an endpoint.")
    if set(routes) - set(entities):
        raise invalid(
            f"The traffic config names {sorted(map(str, set(routes) - set(entities)))[0]}, which is not served."
        )
    if sum(shares.values()) != _WHOLE:
        raise invalid(f"The traffic percentages must sum to 100, and are {sum(shares.values())}.")
    return [_entity(name, each, shares[name], known.get(name)) for name, each in entities.items()]


def _name(entity: NewEntity) -> str:
    return entity.name or f"{entity.entity_name.rpartition('.')[2]}-{entity.entity_version}"


def _entity(name: str, entity: NewEntity, share: int, known: ServedSeed | None) -> ServedSeed:
    return ServedSeed(
        model=entity.entity_name, version=entity.entity_version, traffic=share, name=name,
        workload_size=entity.workload_size, workload_type=entity.workload_type,
        scale_to_zero=entity.scale_to_zero_enabled, environment=entity.environment_vars,
        state=known.state if known else "DEPLOYMENT_READY",
        logs=known.logs if known else f"model version {entity.entity_version} loaded",
    )  # fmt: skip


def _broken(state: State, served: list[ServedSeed]) -> bool:
    """Whether one of the versions cannot be loaded.

    Raises:
        CallRefusedError: there is no such model, or no such version (404).
    """
    found = []
    for each in served:
        model = state.unity.models.get(each.model)
        version = next((item for item in model.seed.versions if item.version == each.version), None)
        if version is None:
            said = f"Model version '{each.model}' version {each.version} does not exist."
            raise CallRefusedError(404, "MODEL_VERSION_DOES_NOT_EXIST", said)
        found.append(version.status)
    return any(status != "READY" for status in found)
