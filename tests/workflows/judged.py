"""A real MLflow server with logged models to be judged, and a stage on which the model commands change it."""

from __future__ import annotations

import itertools
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.workflows.operate.record import restored
from orchestrator.workspace.changes import State
from orchestrator.workspace.models.registry import Registry, place
from orchestrator.workspace.sandbox import Sandbox
from tests.tools.mlflow_server import PROGRAMS, ROOT, SECONDS, empty_server
from tests.workflows.operate.failing import Stage
from tests.workflows.operate.wire import Wire

if TYPE_CHECKING:
    from mlflow import MlflowClient

PYTHON = str(PROGRAMS / "python")
_TRAIN = ROOT / "tests" / "samples" / "mlflow" / "judged.py"
_NUMBERS = itertools.count(1)


@dataclass(frozen=True, kw_only=True)
class Judged:
    """The server; `logged` are the run and the logged model by the name that the sample gives them."""

    url: str
    logged: dict[str, tuple[str, str]]

    @property
    def registry(self) -> Registry:
        """The connection without any line between."""
        return Registry(place({"MLFLOW_TRACKING_URI": self.url}, profile=None, answer_seconds=30))

    def client(self) -> MlflowClient:
        """MLflow's own client."""
        from mlflow import MlflowClient

        return MlflowClient(tracking_uri=self.url, registry_uri=self.url)

    def model(self, *names: str, champion: int | None = 1, challenger: int | None = 2) -> str:
        """A registered model of its own, whose versions are these logged models in their order."""
        client, model = self.client(), f"churn-{next(_NUMBERS)}"
        client.create_registered_model(model)
        for name in names:
            run_id, model_id = self.logged[name]
            client.create_model_version(model, f"models:/{model_id}", run_id, model_id=model_id)
        for alias, version in (("champion", champion), ("challenger", challenger)):
            if version is not None and version <= len(names):
                client.set_registered_model_alias(model, alias, str(version))
        return model

    def aliases(self, model: str) -> dict[str, str]:
        """The versions by alias."""
        return {name: str(number) for name, number in self.client().get_registered_model(model).aliases.items()}


@dataclass(frozen=True, kw_only=True)
class ModelStage(Stage):
    """A stage whose MLflow calls go through the line and the sandbox to the server."""

    judged: Judged

    def environment(self, more: dict[str, str]) -> dict[str, str]:
        """The variables of the command's process."""
        mlflow = {
            "MLFLOW_TRACKING_URI": self.wire.host,
            "MLFLOW_TRACKING_TOKEN": self.token,
            "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "0",
        }
        return Stage.environment(self, mlflow | more)

    def live(self, sha: str) -> list[State]:
        """What every setting of a kept set reads now."""
        workspace, found = self.workspace(), self.judged.registry
        return [restored(change, {"registry": found}).read(workspace) for change in self.kept(sha).changes]


@contextmanager
def judged_server(folder: Path) -> Iterator[Judged]:
    """The server until the end of the block."""
    with empty_server(folder) as url:
        yield Judged(url=url, logged=dict(_trained(url, folder)))


@contextmanager
def model_stage(judged: Judged, folder: Path) -> Iterator[ModelStage]:
    """A fresh sandbox with that MLflow, behind a line."""
    changes = folder / ".orchestrate/changes"
    with Sandbox.start(mlflow_url=judged.url) as sandbox, Wire(sandbox.host, changes) as wire:
        yield ModelStage(folder=folder, sandbox=sandbox, wire=wire, token=sandbox.token, judged=judged)


def _trained(url: str, folder: Path) -> Iterator[tuple[str, tuple[str, str]]]:
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    run = partial(subprocess.run, capture_output=True, text=True, timeout=SECONDS, check=False)
    ended = run([PYTHON, str(_TRAIN), url], cwd=folder, env={**kept, "MLFLOW_DISABLE_TELEMETRY": "true"})
    assert ended.returncode == 0, ended.stderr[-2_000:]
    for line in ended.stdout.splitlines():
        if line.startswith("judged "):
            _, name, run_id, model_id = line.split()
            yield name, (run_id, model_id)
