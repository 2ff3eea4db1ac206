"""A running sandbox: one for all tests that only read, and a new one for those that change something."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from databricks.sdk import WorkspaceClient
from databricks.sdk.config import Config

from orchestrator.workspace.sandbox import Sandbox

Connect = Callable[[Sandbox, str], WorkspaceClient]


def connected(sandbox: Sandbox, token: str = "") -> WorkspaceClient:
    """The SDK's client with a token, the admin's by default; it gives up after seconds, not minutes."""
    config = Config(host=sandbox.host, token=token or sandbox.token, retry_timeout_seconds=10, http_timeout_seconds=20)
    return WorkspaceClient(config=config)


@pytest.fixture(scope="package")
def shared() -> Iterator[Sandbox]:
    """The company; nobody changes it."""
    with Sandbox.start() as sandbox:
        yield sandbox


@pytest.fixture(scope="package")
def client(shared: Sandbox) -> WorkspaceClient:
    """The admin's client of the shared sandbox."""
    return connected(shared)


@pytest.fixture
def fresh() -> Iterator[Sandbox]:
    """A company of one's own."""
    with Sandbox.start() as sandbox:
        yield sandbox


@pytest.fixture
def admin(fresh: Sandbox) -> WorkspaceClient:
    """The admin's client of one's own sandbox."""
    return connected(fresh)
