"""What speaks for or against a model version: its run, its files, and its metrics with their data."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.errors import WorkspaceError
from orchestrator.workspace.models.contents import LOGGED, Contents, fetched, fetched_logged
from orchestrator.workspace.models.registry import Registry
from orchestrator.workspace.records import Record

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import DatasetInput, LoggedModel, Metric
    from mlflow.entities import Run as MlflowRun
    from mlflow.entities.model_registry import ModelVersion as MlflowVersion

MAX_MEASURED = 500
TRAINING = frozenset({"train", "training"})
_CONTEXT = "mlflow.data.context"
SEE_MODEL = "USE CATALOG, USE SCHEMA and EXECUTE on the model"
SEE_RUN = "CAN READ on the experiment"


class Measured(Record):
    """A metric, and the logged dataset that it was measured on."""

    metric: str
    value: float | None
    """null: not a finite number"""
    data: str | None
    digest: str | None
    part: str | None
    """the context that the dataset was logged with, as training or evaluation"""

    @property
    def on_training(self) -> bool:
        """Whether the data is what the model has learned from."""
        return (self.part or "").lower() in TRAINING


class Evidence(Record):
    """All that a validation of a version looks at; two that are equal are judged alike."""

    model: str | None
    version: str | None
    status: str | None
    run_id: str | None
    run_status: str | None
    commit: str | None
    model_id: str | None
    data: tuple[str, ...]
    """the datasets that the run has logged: name, digest, context"""
    measured: tuple[Measured, ...]
    contents: Contents

    @property
    def name(self) -> str:
        """How a sentence calls it."""
        return f"version {self.version}" if self.version else f"the model of run {self.run_id}"

    def of(self, metric: str) -> tuple[Measured, ...]:
        """The measurements of one metric."""
        return tuple(each for each in self.measured if each.metric == metric)


def evidence(registry: Registry, model: str, version: str, into: Path) -> Evidence:
    """The evidence of a version; its files are downloaded into the folder.

    Raises:
        WorkspaceError: a part of it cannot be read.
    """
    found = registry.ask(
        f"read version {version} of {model!r}",
        lambda client: client.get_model_version(model, version),
        privilege=SEE_MODEL,
    )
    model_id = logged_model_id(found)
    run = _run(registry, found.run_id) if found.run_id else None
    return _evidence(run, _logged(registry, model_id), fetched(registry, model, version, into), found)


def evidence_of_run(registry: Registry, run_id: str, into: Path) -> Evidence:
    """The evidence of the one model that a run has logged.

    Raises:
        WorkspaceError: a part of it cannot be read, or the run has logged no model, or several.
    """
    return evidence_of_logged(registry, model_of_run(registry, run_id), into)


def evidence_of_logged(registry: Registry, model_id: str, into: Path) -> Evidence:
    """The evidence of a logged model.

    Raises:
        WorkspaceError: a part of it cannot be read.
    """
    logged = _logged(registry, model_id)
    run_id = logged.source_run_id if logged is not None else None
    run = _run(registry, run_id) if run_id else None
    return _evidence(run, logged, fetched_logged(registry, model_id, into), None)


def model_of_run(registry: Registry, run_id: str) -> str:
    """The id of the one model that a run has logged.

    Raises:
        WorkspaceError: the run cannot be read, or has logged none, or several.
    """
    return _only_model(_run(registry, run_id), run_id)


def _only_model(run: MlflowRun, run_id: str) -> str:
    logged = [each.model_id for each in (run.outputs.model_outputs if run.outputs else ())]
    if len(logged) != 1:
        what = f"{len(logged)} models ({', '.join(logged[:5])})" if logged else "no model of MLflow 3"
        raise WorkspaceError(f"run {run_id} has logged {what}; name one by models:/MODEL_ID or by model and version")
    return str(logged[0])


def version_of(registry: Registry, model: str, alias: str) -> str | None:
    """The number of the version that an alias of a model stands for.

    Raises:
        WorkspaceError: the model cannot be read.
    """
    found = registry.ask(
        f"read the model {model!r}", lambda client: client.get_registered_model(model).aliases, privilege=SEE_MODEL
    )
    return str(found[alias]) if alias in found else None


def _run(registry: Registry, run_id: str) -> MlflowRun:
    return registry.ask(f"read run {run_id}", lambda client: client.get_run(run_id), privilege=SEE_RUN)


def _logged(registry: Registry, model_id: str | None) -> LoggedModel | None:
    if model_id is None:
        return None

    def question(client: MlflowClient) -> LoggedModel:
        return client.get_logged_model(model_id)

    return registry.ask(f"read the logged model {model_id}", question, privilege=SEE_RUN)


def logged_model_id(found: MlflowVersion) -> str | None:
    """The logged model that a version was registered from; None where it is of MLflow 2."""
    named = found.model_id or (found.source or "").removeprefix("models:/")
    return str(named) if f"models:/{named}".startswith(LOGGED) else None


def _evidence(
    run: MlflowRun | None, logged: LoggedModel | None, contents: Contents, version: MlflowVersion | None
) -> Evidence:
    inputs = tuple(run.inputs.dataset_inputs) if run is not None and run.inputs else ()
    own = _run_metrics(run) if run is not None else ()
    run_id = run.info.run_id if run is not None else None
    return Evidence(
        model=version.name if version is not None else None,
        version=str(version.version) if version is not None else None,
        status=version.status if version is not None else None,
        run_id=run_id,
        run_status=run.info.status if run is not None else None,
        commit=run.data.tags.get("mlflow.source.git.commit") if run is not None else None,
        model_id=logged.model_id if logged is not None else None,
        data=tuple(sorted(f"{each.dataset.name} {each.dataset.digest} {_part(each) or '-'}" for each in inputs)),
        measured=tuple(islice(_measured((*((logged.metrics or ()) if logged else ()), *own), inputs), MAX_MEASURED)),
        contents=contents,
    )


def _run_metrics(run: MlflowRun) -> tuple[Metric, ...]:
    from mlflow.entities import Metric

    return tuple(Metric(key=key, value=value, timestamp=0, step=0) for key, value in run.data.metrics.items())


def _measured(metrics: tuple[Metric, ...], inputs: tuple[DatasetInput, ...]) -> Iterator[Measured]:
    """The metrics by name and data, each once: what names its data itself counts before what the run suggests."""
    parts = {each.dataset.digest: _part(each) for each in inputs}
    # A server tells NaN of a logged model's metric as 0, and only that of the run as NaN.
    broken = {each.key for each in metrics if not math.isfinite(each.value)}
    judged = [each for each in inputs if (_part(each) or "").lower() not in TRAINING]
    told: set[str] = set()
    for metric in sorted(metrics, key=lambda each: (each.key, each.dataset_digest is None, each.dataset_digest or "")):
        named, digest = metric.dataset_name, metric.dataset_digest
        if digest is None and metric.key in told:
            continue
        by_name = digest is None and metric.key.lower().startswith("train")
        if digest is None and len(judged) == 1 and not by_name:
            named, digest = judged[0].dataset.name, judged[0].dataset.digest
        told.add(metric.key)
        yield Measured(
            metric=metric.key,
            value=None if metric.key in broken else metric.value,
            data=named,
            digest=digest,
            part="training" if by_name else parts.get(digest or ""),
        )


def _part(each: DatasetInput) -> str | None:
    return next((str(tag.value) for tag in each.tags if tag.key == _CONTEXT), None)
