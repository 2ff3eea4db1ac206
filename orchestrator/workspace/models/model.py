"""Registered models, their versions and runs as results."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from itertools import islice
from typing import TYPE_CHECKING

from orchestrator.workspace.plain import MAX_SETTINGS, brief, moment, safe_settings
from orchestrator.workspace.records import Record

if TYPE_CHECKING:
    from mlflow.entities import Run as MlflowRun
    from mlflow.entities.model_registry import ModelVersion as MlflowVersion
    from mlflow.entities.model_registry import RegisteredModel as MlflowModel

MAX_METRICS = 200
_INNER = "mlflow."


class RegisteredModel(Record):
    """A registered model."""

    name: str
    description: str | None
    created: dt.datetime | None
    updated: dt.datetime | None
    aliases: dict[str, str]
    """the version that each alias stands for; a listing of Unity Catalog leaves it empty"""
    tags: dict[str, str]


class ModelVersion(Record):
    """A version of a registered model."""

    model: str
    version: str
    status: str | None
    """READY, or why it is not"""
    status_message: str | None
    aliases: tuple[str, ...]
    """a search leaves it empty on some servers; get_model_version tells them"""
    description: str | None
    run_id: str | None
    model_id: str | None
    source: str | None
    """where its files are"""
    created: dt.datetime | None
    updated: dt.datetime | None
    user: str | None
    tags: dict[str, str]


class Run(Record):
    """A run of an experiment."""

    run_id: str
    name: str | None
    experiment_id: str
    status: str
    """RUNNING, SCHEDULED, FINISHED, FAILED, KILLED"""
    started: dt.datetime | None
    ended: dt.datetime | None
    user: str | None
    metrics: dict[str, float | None]
    """the last value of each, at most 200; null: not a finite number"""
    parameters: dict[str, str]
    """at most 100"""
    tags: dict[str, str]
    """without those of MLflow itself"""
    source: str | None
    """the notebook, job or file that made it"""
    commit: str | None
    note: str | None


def registered_model(found: MlflowModel) -> RegisteredModel:
    """The model as a result."""
    return RegisteredModel(
        name=found.name, description=brief(found.description), created=moment(found.creation_timestamp),
        updated=moment(found.last_updated_timestamp),
        aliases={str(alias): str(version) for alias, version in islice((found.aliases or {}).items(), MAX_SETTINGS)},
        tags=safe_settings(found.tags),
    )  # fmt: skip


def model_version(found: MlflowVersion) -> ModelVersion:
    """The version as a result."""
    return ModelVersion(
        model=found.name, version=str(found.version), status=found.status,
        status_message=brief(found.status_message, 500),
        aliases=tuple(str(alias) for alias in islice(found.aliases or (), MAX_SETTINGS)),
        description=brief(found.description), run_id=found.run_id or None, model_id=found.model_id or None,
        source=found.source, created=moment(found.creation_timestamp), updated=moment(found.last_updated_timestamp),
        user=found.user_id or None, tags=safe_settings(found.tags),
    )  # fmt: skip


def run(found: MlflowRun) -> Run:
    """The run as a result."""
    info, data = found.info, found.data
    tags = {name: value for name, value in data.tags.items() if not name.startswith(_INNER)}
    return Run(
        run_id=info.run_id, name=info.run_name, experiment_id=info.experiment_id, status=info.status,
        started=moment(info.start_time), ended=moment(info.end_time), user=info.user_id or None,
        metrics=_metrics(data.metrics), parameters=safe_settings(data.params), tags=safe_settings(tags),
        source=brief(data.tags.get("mlflow.source.name"), 500), commit=data.tags.get("mlflow.source.git.commit"),
        note=brief(data.tags.get("mlflow.note.content")),
    )  # fmt: skip


def _metrics(metrics: Mapping[str, float]) -> dict[str, float | None]:
    return {
        name: value if math.isfinite(value) else None for name, value in islice(sorted(metrics.items()), MAX_METRICS)
    }
