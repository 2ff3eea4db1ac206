"""What the tests of the graph share."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.workflows.graph.scene import project


@pytest.fixture(autouse=True)
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Empty folders for runs and for what is kept."""
    monkeypatch.setenv("ORCHESTRATE_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("ORCHESTRATE_CACHE_DIR", str(tmp_path / "cache"))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The project that is reviewed."""
    return project(tmp_path)
