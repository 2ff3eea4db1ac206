"""From the name of a workspace to a connection, with the sandbox running for as long as it is needed."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from orchestrator.errors import UsageError
from orchestrator.workspace.connection import Access, Workspace

SANDBOX, ENVIRONMENT = "sandbox", "env"
_PROFILE = re.compile(r"[\w.@+-]{1,100}")
_ANSWER_SECONDS = 10.0
_RETRY_SECONDS = 15


def check_name(name: str) -> str:
    """The name, where it can be one of a workspace.

    Raises:
        UsageError: it is neither `sandbox`, `env` nor the name of a profile.
    """
    if not _PROFILE.fullmatch(name):
        raise UsageError(
            f"--workspace {name[:100]!r} is no workspace; give sandbox, env (DATABRICKS_HOST and DATABRICKS_TOKEN) or "
            "a profile of ~/.databrickscfg"
        )
    return name


@contextmanager
def opened(name: str) -> Iterator[Workspace]:
    """The workspace of that name; no request is sent before the first question."""
    with entered(name) as (workspace, _now):
        yield workspace


@contextmanager
def entered(name: str) -> Iterator[tuple[Workspace, dt.datetime]]:
    """The workspace of that name and its present moment, which in the sandbox is the one of its seed."""
    if name == SANDBOX:
        from orchestrator.workspace.sandbox import Sandbox

        with Sandbox.start() as sandbox:
            # Named, because DATABRICKS_WAREHOUSE_ID would be the warehouse of another workspace.
            warehouse = next((each.id for each in sandbox.seed.compute.warehouses), None)
            access = Access(host=sandbox.host, token=sandbox.token, warehouse=warehouse)
            workspace = Workspace(replace(access, answer_seconds=_ANSWER_SECONDS, retry_seconds=_RETRY_SECONDS))
            yield workspace, sandbox.seed.now
    else:
        profile = None if name == ENVIRONMENT else name
        access = Access(profile=profile, answer_seconds=_ANSWER_SECONDS, retry_seconds=_RETRY_SECONDS)
        yield Workspace(access), dt.datetime.now(tz=dt.UTC)
