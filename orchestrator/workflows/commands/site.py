"""Where a command works: the folder, the workspace that was named, the present moment, and who is told of progress."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.errors import UsageError
from orchestrator.workflows.measured.opening import ENVIRONMENT, SANDBOX, entered
from orchestrator.workflows.request import Progress
from orchestrator.workspace.connection import Workspace

if TYPE_CHECKING:
    from orchestrator.workspace.models.registry import Registry

MLFLOW_SECONDS = 30.0
_MLFLOW = "MLFLOW_TRACKING_URI"
_UNNAMED = (
    "this command asks a workspace and none is named: give --workspace PROFILE of ~/.databrickscfg, --workspace env "
    "(DATABRICKS_HOST and DATABRICKS_TOKEN), or --workspace sandbox to try it without an account"
)


@dataclass(frozen=True, kw_only=True)
class Site:
    """Where a command works.

    `root` is the folder that relative paths are from. `now` is the sandbox's own present in the sandbox, so that its
    answers and the windows asked for agree. `label` names the workspace in change sets: `sandbox`, or its address.
    """

    root: Path
    now: dt.datetime
    progress: Progress
    workspace_name: str | None = None
    opened: Workspace | None = None

    @property
    def today(self) -> dt.date:
        """The present day in UTC."""
        return self.now.date()

    @property
    def workspace(self) -> Workspace:
        """The workspace that was named.

        Raises:
            UsageError: none was.
        """
        if self.opened is None:
            raise UsageError(_UNNAMED)
        return self.opened

    @property
    def label(self) -> str:
        """What a change set calls the workspace: the sandbox's address is another one each time."""
        # The client knows the address of a profile before the first question.
        return SANDBOX if self.workspace_name == SANDBOX else self.workspace.client.config.host or ""

    @property
    def registry(self) -> Registry:
        """MLflow: the server of MLFLOW_TRACKING_URI, else that of the workspace; the sandbox has none of its own."""
        from orchestrator.workspace.models.registry import AbsentRegistry, place, registry

        if self.workspace_name == SANDBOX and not os.environ.get(_MLFLOW):
            # What the environment names is another workspace than the sandbox.
            return AbsentRegistry()
        named = self.workspace_name not in {None, SANDBOX, ENVIRONMENT}
        profile = self.workspace_name if named else None
        return registry(place(os.environ, profile=profile, answer_seconds=MLFLOW_SECONDS))

    @property
    def models_label(self) -> str:
        """What a change set calls the place where models are."""
        return self.registry.place.shown if os.environ.get(_MLFLOW) else self.label

    def any_workspace(self) -> Workspace:
        """The workspace that was named, or one that refuses every question: what is changed may be MLflow alone."""
        return self.opened or Workspace()

    def labels(self) -> frozenset[str]:
        """What change sets of this place are called."""
        of_models = {self.registry.place.shown} if os.environ.get(_MLFLOW) else set()
        return frozenset({*of_models, *((self.label,) if self.opened else ())})

    def path(self, given: Path) -> Path:
        """The path that a parameter names."""
        return given if given.is_absolute() else self.root / given


@contextmanager
def site(name: str | None, progress: Progress) -> Iterator[Site]:
    """The place of a command that was called here and now; a sandbox runs for as long as it is open."""
    root = Path.cwd()
    if name is None:
        yield Site(root=root, now=dt.datetime.now(tz=dt.UTC), progress=progress)
        return
    with entered(name) as (workspace, now):
        yield Site(root=root, now=now, progress=progress, workspace_name=name, opened=workspace)
