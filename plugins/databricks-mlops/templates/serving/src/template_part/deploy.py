"""Serves the champion: the one place that changes the version of the endpoint."""

from __future__ import annotations

import argparse
from datetime import timedelta

import mlflow
from databricks.sdk import WorkspaceClient
from databricks.sdk.errors import NotFound
from databricks.sdk.service.serving import (
    AiGatewayConfig,
    AiGatewayInferenceTableConfig,
    EndpointCoreConfigInput,
    Route,
    ServedEntityInput,
    TrafficConfig,
)
from mlflow import MlflowClient

TIMEOUT = timedelta(minutes=45)


def entity(model: str, version: str) -> ServedEntityInput:
    """One version, always up: the first caller after a pause would wait for a container."""
    return ServedEntityInput(
        name=served_name(model, version),
        entity_name=model,
        entity_version=version,
        workload_size="Small",
        scale_to_zero_enabled=False,
    )


def served_name(model: str, version: str) -> str:
    """What the endpoint calls a version."""
    return f"{model.rpartition('.')[2]}-v{version}"


def traffic(model: str, version: str) -> TrafficConfig:
    """All requests to one version."""
    return TrafficConfig(routes=[Route(served_entity_name=served_name(model, version), traffic_percentage=100)])


def logged(endpoint: str, schema: str) -> AiGatewayConfig:
    """Requests and answers are kept in a table of this schema, without which nobody can say what the model said."""
    catalog, _, name = schema.partition(".")
    table = AiGatewayInferenceTableConfig(
        catalog_name=catalog, schema_name=name, table_name_prefix=endpoint.replace("-", "_"), enabled=True
    )
    return AiGatewayConfig(inference_table_config=table)


def deploy(client: WorkspaceClient, endpoint: str, model: str, version: str, schema: str) -> str:
    """Bring the version into service and wait; what was done, in one word. The former one serves until it is ready."""
    try:
        config = client.serving_endpoints.get(endpoint).config
    except NotFound:
        client.serving_endpoints.create_and_wait(
            endpoint,
            ai_gateway=logged(endpoint, schema),
            config=EndpointCoreConfigInput(
                name=endpoint, served_entities=[entity(model, version)], traffic_config=traffic(model, version)
            ),
            timeout=TIMEOUT,
        )
        return "created"
    served = [each.entity_version for each in (config.served_entities if config else None) or []]
    if served == [version]:
        return "unchanged"
    client.serving_endpoints.update_config_and_wait(
        endpoint,
        served_entities=[entity(model, version)],
        traffic_config=traffic(model, version),
        timeout=TIMEOUT,
    )
    return "updated"


def main() -> None:
    """Serve the version that is the champion now."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", required=True, help="catalog.schema.model")
    parser.add_argument("--endpoint", required=True, help="name of the endpoint")
    parser.add_argument("--logs", required=True, help="catalog.schema of the table of requests")
    asked = parser.parse_args()
    mlflow.set_registry_uri("databricks-uc")
    version = str(MlflowClient().get_model_version_by_alias(asked.model, "champion").version)
    deploy(WorkspaceClient(), asked.endpoint, asked.model, version, asked.logs)


if __name__ == "__main__":
    main()
