"""Model serving endpoints."""

from __future__ import annotations

from orchestrator.workspace.sandbox.call import Call, Reply
from orchestrator.workspace.sandbox.family import Answer, Family
from orchestrator.workspace.sandbox.people import stable_id
from orchestrator.workspace.sandbox.problem import absent
from orchestrator.workspace.sandbox.records import AGE
from orchestrator.workspace.sandbox.seed.learning import EndpointSeed, ServedSeed
from orchestrator.workspace.sandbox.seed.part import Json
from orchestrator.workspace.sandbox.state import State

FAMILY = Family(title="Serving endpoints")
_PATH = "/api/2.0/serving-endpoints"
_ONE = _PATH + "/{name}"


def served_name(served: ServedSeed) -> str:
    """The name of a served version in its endpoint."""
    return served.name or f"{served.model.rpartition('.')[2]}-{served.version}"


def _head(state: State, endpoint: EndpointSeed) -> Json:
    created = endpoint.created or state.now - AGE
    answer: Json = {
        "name": endpoint.name,
        "id": stable_id("endpoint", endpoint.name).replace("-", ""),
        "creator": endpoint.creator or state.people.admin,
        "creation_timestamp": created,
        "last_updated_timestamp": endpoint.updated or created,
        "state": {"ready": "READY" if endpoint.ready else "NOT_READY", "config_update": endpoint.update},
        "task": "",
        "tags": [{"key": key, "value": value} for key, value in endpoint.tags.items()],
    }
    if endpoint.description is not None:
        answer["description"] = endpoint.description
    gateway = _gateway(endpoint)
    return answer | ({"ai_gateway": gateway} if gateway else {})


def _gateway(endpoint: EndpointSeed) -> Json:
    answer: Json = {}
    if endpoint.requests_per_minute is not None:
        answer["rate_limits"] = [{"calls": endpoint.requests_per_minute, "renewal_period": "minute", "key": "endpoint"}]
    if endpoint.payload_prefix is not None and endpoint.payload_schema is not None:
        catalog, _, schema = endpoint.payload_schema.partition(".")
        table: Json = {"catalog_name": catalog, "schema_name": schema}
        answer["inference_table_config"] = table | {"enabled": True, "table_name_prefix": endpoint.payload_prefix}
    return answer


def _summary(state: State, endpoint: EndpointSeed) -> Json:
    entities = [
        {"name": served_name(served), "entity_name": served.model, "entity_version": str(served.version)}
        for served in endpoint.served
    ]
    return _head(state, endpoint) | {"config": {"served_entities": entities}}


def _entity(state: State, endpoint: EndpointSeed, served: ServedSeed) -> Json:
    answer: Json = {
        "name": served_name(served),
        "entity_name": served.model,
        "entity_version": str(served.version),
        "creator": endpoint.creator or state.people.admin,
        "creation_timestamp": endpoint.created or state.now - AGE,
        "scale_to_zero_enabled": served.scale_to_zero,
        "workload_size": served.workload_size,
        "workload_type": served.workload_type,
        "state": {"deployment": served.state, "deployment_state_message": ""},
    }
    return answer | ({"environment_vars": served.environment} if served.environment else {})


def detailed(state: State, endpoint: EndpointSeed) -> Json:
    """The endpoint as the interface answers it."""
    routes = [
        {"served_model_name": served_name(served), "traffic_percentage": served.traffic} for served in endpoint.served
    ]
    config = {
        "config_version": 1,
        "served_entities": [_entity(state, endpoint, served) for served in endpoint.served],
        "traffic_config": {"routes": routes},
    }
    return _head(state, endpoint) | {"config": config, "permission_level": "CAN_MANAGE", "route_optimized": False}


def one(call: Call) -> EndpointSeed:
    """The endpoint of the path."""
    for endpoint in call.state.endpoints:
        if endpoint.name == call.path["name"]:
            return endpoint
    raise absent("Endpoint with name", f"'{call.path['name'][:60]}'")


@FAMILY.get(_PATH, sdk="serving_endpoints.list")
def list_endpoints(call: Call) -> Json:
    """The endpoints with the names of what they serve."""
    return {"endpoints": [_summary(call.state, endpoint) for endpoint in call.state.endpoints]}


@FAMILY.get(_ONE, sdk="serving_endpoints.get")
def get_endpoint(call: Call) -> Json:
    """One endpoint with its served versions, traffic, limits and inference table."""
    return detailed(call.state, one(call))


@FAMILY.get(_ONE + "/served-models/{served_model_name}/logs", sdk="serving_endpoints.logs")
def logs(call: Call) -> Json:
    """The logs of one served version."""
    for served in one(call).served:
        if served_name(served) == call.path["served_model_name"]:
            return {"logs": served.logs}
    raise absent("Served model", call.path["served_model_name"][:60])


@FAMILY.get(_ONE + "/metrics", sdk="serving_endpoints.export_metrics")
def metrics(call: Call) -> Answer:
    """The metrics of an endpoint in the format of Prometheus: whether it is ready."""
    endpoint = one(call)
    text = f'# TYPE endpoint_ready gauge\nendpoint_ready{{endpoint_name="{endpoint.name}"}} {int(endpoint.ready)}\n'
    return Reply(content=text.encode(), headers={"Content-Type": "text/plain"})
