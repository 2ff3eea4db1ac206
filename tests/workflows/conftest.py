"""What the tests of several commands share: it starts slowly."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.workflows.judged import Judged, ModelStage, judged_server, model_stage


@pytest.fixture(scope="session")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Judged]:
    """A real MLflow server with logged models."""
    with judged_server(tmp_path_factory.mktemp("judged")) as found:
        yield found


@pytest.fixture
def models(judged: Judged, tmp_path: Path) -> Iterator[ModelStage]:
    """A stage of one test on that server."""
    with model_stage(judged, tmp_path) as stage:
        yield stage
