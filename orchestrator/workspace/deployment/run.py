"""One run of a deployed job, started and watched to its end: what it wrote stays, whatever follows."""

from __future__ import annotations

import time
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from orchestrator.errors import WorkspaceError
from orchestrator.workspace.changes import State
from orchestrator.workspace.connection import Workspace
from orchestrator.workspace.deployment.resource import named
from orchestrator.workspace.plain import whole_words

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient
    from databricks.sdk.service.jobs import BaseRun, Run

POLL_SECONDS = 5.0
_ENDED = frozenset({"TERMINATED", "SKIPPED", "INTERNAL_ERROR"})
_SAID = 300


@dataclass(frozen=True, kw_only=True)
class RunSetting:
    """The result of the first run of a job after the one that is named by its id; None where there is none yet.

    `after` is 0 where the job had never run. `bundle` is empty for a job that the CLI deploys: its name finds it.
    `digest` makes the token with which a run is started only once.
    """

    name: str
    bundle: str
    after: int
    minutes: int
    digest: str

    @property
    def subject(self) -> str:
        """What is set."""
        return f"run of job {self.name} after run {self.after}" if self.after else f"first run of job {self.name}"

    def read(self, workspace: Workspace) -> State:
        """How the run ended, or RUNNING."""
        found = workspace.ask(f"read the {self.subject}", self._run, privilege="CAN VIEW on the job")
        return None if found is None else (_result(found),)

    def write(self, workspace: Workspace, before: State, after: State) -> None:
        """Start the job and wait for its end.

        Raises:
            WorkspaceError: it failed or did not end in time; or this is the way back, which there is not.
        """
        del before
        if after is None:
            raise WorkspaceError(f"the {self.subject} cannot be taken back: what it wrote stays")
        workspace.ask(f"start the {self.subject}", self._start, privilege="CAN MANAGE RUN on the job")
        until = time.monotonic() + self.minutes * 60
        while (state := self.read(workspace)) in {None, ("RUNNING",)}:
            if time.monotonic() > until:
                raise WorkspaceError(f"the {self.subject} did not end in {self.minutes} minutes and goes on")
            time.sleep(POLL_SECONDS)
        if state != after:
            raise WorkspaceError(f"the {self.subject} ended as {state[0] if state else '?'}: {self._why(workspace)}")

    def call(self, before: State, after: State) -> str:
        """The REST call."""
        del before
        if after is None:
            return "no way back: what the run wrote stays"
        return f"POST /api/2.2/jobs/run-now JOB_ID, watched for at most {self.minutes} minutes"

    def _id(self, client: WorkspaceClient) -> int | None:
        every = named(client, "job", self.name)
        found = [each.id for each in every if not self.bundle or each.bundle == self.bundle]
        return int(found[0]) if found else None

    def _start(self, client: WorkspaceClient) -> None:
        identifier = self._id(client)
        if identifier is None:
            raise WorkspaceError(f"job {self.name} is not deployed")
        token = sha256(f"{self.bundle}\0{self.name}\0{self.after}\0{self.digest}".encode()).hexdigest()
        client.jobs.run_now(identifier, idempotency_token=token)

    def _run(self, client: WorkspaceClient) -> BaseRun | None:
        identifier, found = self._id(client), None
        for run in client.jobs.list_runs(job_id=identifier) if identifier is not None else ():
            if run.run_id == self.after:
                break
            found = run
        return found

    def _why(self, workspace: Workspace) -> str:
        """The task that failed and what it said."""

        def question(client: WorkspaceClient) -> Run | None:
            found = self._run(client)
            return client.jobs.get_run(found.run_id or 0) if found else None

        run = workspace.ask(f"read the {self.subject}", question)
        for task in (run.tasks if run else None) or ():
            state = task.state
            if state is not None and state.result_state is not None and state.result_state.value not in {"SUCCESS"}:
                return f"task {task.task_key}: {whole_words(state.state_message or state.result_state.value, _SAID)}"
        return whole_words((run.state.state_message if run and run.state else None) or "no message", _SAID)


def _result(run: BaseRun) -> str:
    state = run.state
    if state is None or state.life_cycle_state is None or state.life_cycle_state.value not in _ENDED:
        return "RUNNING"
    return state.result_state.value if state.result_state else state.life_cycle_state.value


def newest_run(workspace: Workspace, job_id: int) -> int:
    """The id of a job's newest run, 0 where it has never run."""

    def question(client: WorkspaceClient) -> int:
        newest = next(iter(client.jobs.list_runs(job_id=job_id, limit=1)), None)
        return (newest.run_id or 0) if newest else 0

    return workspace.ask(f"read the runs of job {job_id}", question, privilege="CAN VIEW on the job")


def active_runs(workspace: Workspace, job_id: int) -> int:
    """How many runs of a job are active, at most 25 counted."""

    def question(client: WorkspaceClient) -> int:
        found = client.jobs.list_runs(job_id=job_id, active_only=True, limit=25)
        return sum(1 for _, _ in zip(range(25), found, strict=False))

    return workspace.ask(f"read the active runs of job {job_id}", question, privilege="CAN VIEW on the job")
