"""The workspace that the tests of several servers ask."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from orchestrator.workspace.sandbox import Sandbox
from tests.tools.running import running


@pytest.fixture(scope="module")
def workspace() -> Iterator[Sandbox]:
    """A small workspace that runs things."""
    with running() as sandbox:
        yield sandbox


@pytest.fixture
def faulty(workspace: Sandbox) -> Iterator[Sandbox]:
    """The workspace, whose faults go away after the test."""
    yield workspace
    workspace.clear_faults()
