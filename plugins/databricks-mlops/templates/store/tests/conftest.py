"""A real MLflow in one sqlite file: no server, no network, nothing left behind."""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")  # on so few rows threads only wait for each other

import mlflow
import pytest


@pytest.fixture(scope="session", autouse=True)
def store(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Runs and registry in one file, models in a folder beside it."""
    folder = tmp_path_factory.mktemp("mlflow")
    mlflow.set_tracking_uri(f"sqlite:///{folder / 'mlflow.db'}")
    mlflow.set_registry_uri(f"sqlite:///{folder / 'mlflow.db'}")
    mlflow.create_experiment("template-part", artifact_location=(folder / "artifacts").as_uri())
    mlflow.set_experiment("template-part")
