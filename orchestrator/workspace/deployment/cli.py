"""A deployment by the Databricks CLI: its plan is the state, an empty plan the aim."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from orchestrator.errors import WorkspaceError
from orchestrator.workspace.changes import State
from orchestrator.workspace.connection import Workspace
from orchestrator.workspace.deployment.files import content_digest

PROGRAM = "databricks"
PLAN_SECONDS, DEPLOY_SECONDS = 300.0, 3_600.0
_TOKEN = re.compile(r"\b(dapi|dose)[0-9a-f]{8,}\b")
_SAID = 600
_PARTS = 3
HOLDS_DATA = frozenset({
    "catalogs", "database_catalogs", "database_instances", "experiments", "pipelines", "postgres_branches",
    "postgres_databases", "postgres_projects", "registered_models", "schemas", "secret_scopes",
    "synced_database_tables", "vector_search_indexes", "volumes",
})  # fmt: skip
"""Kinds whose deletion loses something that the next deployment does not bring back."""


def installed() -> bool:
    """Whether the program is there."""
    return shutil.which(PROGRAM) is not None


@dataclass(frozen=True, kw_only=True)
class CliSetting:
    """What `databricks bundle plan` says is to be done, `create resources.jobs.load`; () where nothing is.

    `digest` is of the local files as they were when the change set was made, `select` the one resource that is
    deployed with what it refers to, or empty.
    """

    bundle: str
    target: str
    folder: str
    paths: tuple[str, ...]
    digest: str
    profile: str = ""
    select: str = ""
    variables: tuple[str, ...] = ()
    production: bool = False

    @property
    def subject(self) -> str:
        """What is set."""
        what = f" ({self.select})" if self.select else ""
        return f"bundle {self.bundle}, target {self.target}{what}, files {self.digest[:12]}"

    def read(self, workspace: Workspace) -> State:
        """The actions of the plan but `skip`."""
        del workspace
        said = self._run("plan", "-o", "json", seconds=PLAN_SECONDS)
        return tuple(f"{action} {key}" for key, action in _actions(said) if action != "skip")

    def write(self, workspace: Workspace, before: State, after: State) -> None:
        """Deploy.

        Raises:
            WorkspaceError: the files have changed, the program failed, or this is the way back, which there is not.
        """
        del workspace, before
        if after:
            raise WorkspaceError(
                f"a deployment of {self.bundle} is taken back by `git revert` and the same command, not from here"
            )
        if content_digest(Path(self.folder), self.paths) != self.digest:
            raise WorkspaceError("the local files have changed since the change set was made; make it again")
        self._run("deploy", *(("--fail-on-active-runs",) if self.production else ()), seconds=DEPLOY_SECONDS)

    def call(self, before: State, after: State) -> str:
        """The command."""
        del before
        if after:
            return "git revert of the commit, and the same command again"
        return " ".join((PROGRAM, *self._words("deploy", *(("--fail-on-active-runs",) if self.production else ()))))

    def _words(self, verb: str, *more: str) -> tuple[str, ...]:
        chosen = ("--select", self.select) if self.select else ()
        profile = ("--profile", self.profile) if self.profile else ()
        variables = tuple(f"--var={each}" for each in self.variables)
        return ("bundle", verb, "-t", self.target, *chosen, *variables, *profile, *more)

    def _run(self, verb: str, *more: str, seconds: float) -> str:
        """What the program wrote.

        Raises:
            WorkspaceError: it is not there, failed, or did not end in time.
        """
        what = f"`{PROGRAM} bundle {verb} -t {self.target}`"
        try:
            ended = subprocess.run(
                (PROGRAM, *self._words(verb, *more)),
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                encoding="utf-8",
                errors="replace",
                check=False,
                timeout=seconds,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise WorkspaceError(f"{what} did not run ({type(error).__name__})") from error
        if ended.returncode != 0:
            said = " ".join(_TOKEN.sub("…", ended.stderr or ended.stdout).split())[-_SAID:]
            raise WorkspaceError(f"{what} ended with exit code {ended.returncode} (it says: {said})")
        return ended.stdout


def _actions(plan: str) -> Iterator[tuple[str, str]]:
    """Each resource of the plan with what would be done to it.

    Raises:
        WorkspaceError: it is no plan.
    """
    try:
        document = json.loads(plan)
    except ValueError as error:
        raise WorkspaceError("the plan of the Databricks CLI is not JSON") from error
    steps = document.get("plan") if isinstance(document, dict) else None
    if not isinstance(steps, dict):
        raise WorkspaceError("the plan of the Databricks CLI has no object `plan`")
    for key, step in sorted(steps.items()):
        yield key, str(step.get("action") if isinstance(step, dict) else step)


def loses(line: str) -> bool:
    """Whether an action of the plan takes data away, or is none that is known."""
    action, _, key = line.partition(" ")
    if action in {"skip", "create", "update", "update_id", "resize"}:
        return False
    parts = key.split(".")
    return action not in {"delete", "recreate"} or (len(parts) == _PARTS and parts[1] in HOLDS_DATA)
