"""MLflow calls through the sandbox to a real MLflow server, which the sandbox starts itself."""

from __future__ import annotations

from pathlib import Path

import pytest
from databricks.sdk.service.ml import RunTag

from orchestrator.errors import UsageError
from orchestrator.workspace.sandbox import Sandbox
from tests.workspace.sandbox.conftest import connected

PROGRAMS = Path(__file__).parents[3] / ".venv-real" / "bin"


@pytest.mark.real
@pytest.mark.enable_socket
def test_mlflow_calls_reach_the_server_that_auto_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(PROGRAMS), prepend=":")
    with Sandbox.start(mlflow_url="auto") as sandbox:
        client = connected(sandbox)
        experiment = client.experiments.create_experiment("trial").experiment_id or ""
        run = client.experiments.create_run(experiment_id=experiment, tags=[RunTag(key="team", value="ml")]).run
        assert run is not None
        assert run.info is not None
        client.experiments.log_metric("auc", 0.9, 1_700_000_000_000, run_id=run.info.run_id)
        (found,) = client.experiments.search_runs(experiment_ids=[experiment])
        assert found.data is not None
        assert [(metric.key, metric.value) for metric in found.data.metrics or []] == [("auc", 0.9)]
        assert any(call.startswith("POST /api/2.0/mlflow/runs") for call in sandbox.calls)


@pytest.mark.enable_socket
def test_auto_without_the_program_is_one_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("sys.executable", str(tmp_path / "python"))
    with pytest.raises(UsageError, match="needs the program `mlflow`"):
        Sandbox.start(mlflow_url="auto")
