"""Declarative pipelines, their updates and events."""

from __future__ import annotations

from pydantic import Field

from orchestrator.workspace.sandbox.seed.compute import AutoscaleSeed
from orchestrator.workspace.sandbox.seed.moment import Moment
from orchestrator.workspace.sandbox.seed.part import Part, Wire


class NotebookPathSeed(Wire):
    """The path of a notebook."""

    path: str


class LibrarySeed(Wire):
    """A source of a pipeline."""

    notebook: NotebookPathSeed | None = None
    file: NotebookPathSeed | None = None


class PipelineClusterSeed(Wire):
    """A cluster of a pipeline."""

    label: str = "default"
    node_type_id: str | None = None
    num_workers: int | None = None
    autoscale: AutoscaleSeed | None = None


class SpecSeed(Wire):
    """The settings of a pipeline."""

    catalog: str | None = None
    schema_: str | None = Field(default=None, alias="schema")
    target: str | None = None
    channel: str | None = None
    edition: str | None = None
    continuous: bool | None = None
    development: bool | None = None
    photon: bool | None = None
    serverless: bool | None = None
    clusters: list[PipelineClusterSeed] | None = None
    libraries: list[LibrarySeed] | None = None
    configuration: dict[str, str] | None = None
    tags: dict[str, str] | None = None


class EventSeed(Part):
    """An event in the log of a pipeline."""

    at: Moment
    type: str = "update_progress"
    level: str = "INFO"
    message: str


class UpdateSeed(Part):
    """One update of a pipeline."""

    at: Moment
    state: str = "COMPLETED"
    cause: str = "JOB_TASK"
    full_refresh: bool = False


class PipelineSeed(Part):
    """A pipeline."""

    pipeline_id: str
    name: str
    state: str = "IDLE"
    health: str | None = "HEALTHY"
    creator_user_name: str | None = None
    run_as_user_name: str | None = None
    spec: SpecSeed = Field(default_factory=SpecSeed)
    updates: list[UpdateSeed] = Field(default_factory=list)
    events: list[EventSeed] = Field(default_factory=list)
