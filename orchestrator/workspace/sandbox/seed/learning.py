"""Machine learning in a seed: serving endpoints, features and online stores."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from orchestrator.workspace.sandbox.seed.moment import Moment
from orchestrator.workspace.sandbox.seed.part import Part, Tags


class ServedSeed(Part):
    """A model version that an endpoint serves, with its share of the traffic."""

    model: str
    version: int
    traffic: int = Field(default=100, ge=0, le=100)
    workload_size: str = "Small"
    workload_type: str = "CPU"
    scale_to_zero: bool = True
    state: Literal["DEPLOYMENT_READY", "DEPLOYMENT_CREATING", "DEPLOYMENT_FAILED"] = "DEPLOYMENT_READY"
    environment: dict[str, str] = Field(default_factory=dict)
    logs: str = ""
    name: str | None = Field(default=None, description="else the model's name and the version")


class EndpointSeed(Part):
    """A serving endpoint; `payload_prefix` names its inference table, absent where nothing is captured."""

    name: str
    creator: str | None = None
    created: Moment | None = None
    updated: Moment | None = None
    description: str | None = None
    ready: bool = True
    update: Literal["NOT_UPDATING", "IN_PROGRESS", "UPDATE_FAILED"] = "NOT_UPDATING"
    served: list[ServedSeed] = Field(min_length=1)
    tags: Tags = Field(default_factory=dict)
    payload_schema: str | None = None
    payload_prefix: str | None = None
    requests_per_minute: int | None = None


class FeatureSeed(Part):
    """A feature: a column of a source table, aggregated over a window."""

    name: str = Field(description="the full name: catalog.schema.feature")
    source: str
    entities: list[str] = Field(min_length=1)
    input: str
    timeseries: str | None = None
    aggregation: Literal["avg", "sum", "min", "max", "count_function", "stddev_pop", "last"] = "avg"
    window: str = "2592000s"
    description: str | None = None
    online: bool = False
    created: Moment | None = None
    by: str | None = None
    materialized: Moment | None = None


class ConsumerSeed(Part):
    """Who reads a column of a feature table: model versions, feature specs and online tables."""

    models: list[str] = Field(default_factory=list, description="catalog.schema.model/version")
    specs: list[str] = Field(default_factory=list)
    online: list[str] = Field(default_factory=list)
    tags: Tags = Field(default_factory=dict)


class OnlineStoreSeed(Part):
    """An online store."""

    name: str
    capacity: str = "CU_1"
    state: Literal["AVAILABLE", "STARTING", "STOPPED", "UPDATING", "DELETING", "FAILING_OVER"] = "AVAILABLE"
    replicas: int = 0
    created: Moment | None = None
    creator: str | None = None


class OnlineTableSeed(Part):
    """A table that is published for online reads."""

    name: str
    source: str
    primary_key: list[str] = Field(min_length=1)
    lakebase: bool = False
    """A synced table of Lakebase, which the interface of online tables does not know."""
    timeseries: str | None = None
    state: str = "ONLINE_NO_PENDING_UPDATE"
    message: str | None = None
    version: int = 1
    synced: Moment | None = None
    pipeline_id: str | None = None


class LearningSeed(Part):
    """All of machine learning; `consumers` by feature table and column: `catalog.schema.table/column`."""

    endpoints: list[EndpointSeed] = Field(default_factory=list)
    features: list[FeatureSeed] = Field(default_factory=list)
    consumers: dict[str, ConsumerSeed] = Field(default_factory=dict)
    online_stores: list[OnlineStoreSeed] = Field(default_factory=list)
    online_tables: list[OnlineTableSeed] = Field(default_factory=list)
