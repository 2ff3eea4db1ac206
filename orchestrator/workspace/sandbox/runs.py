"""The runs of jobs: series of the seed, one by one."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from orchestrator.workspace.sandbox.people import stable_number

if TYPE_CHECKING:
    from orchestrator.workspace.sandbox.seed import Seed
    from orchestrator.workspace.sandbox.seed.jobs import JobSeed, RunSeed

_HOUR = 3_600_000


@dataclass(frozen=True, kw_only=True)
class JobRun:
    """One run of a job: times in milliseconds since 1970; `turn` counts back from the newest of its series."""

    job: JobSeed
    seed: RunSeed
    series: int
    turn: int

    @cached_property
    def id(self) -> int:
        """The id of the run."""
        return stable_number("run", str(self.job.job_id), str(self.series), str(self.turn))

    @property
    def start(self) -> int:
        """When it started."""
        return self.seed.at - self.turn * self.seed.every * _HOUR

    @property
    def end(self) -> int:
        """When it ended."""
        return self.start + int(self.seed.minutes * 60_000)

    @property
    def failed(self) -> bool:
        """Whether it failed: the turn is named, or the seed has an error and names none."""
        if self.seed.fails:
            return self.turn in self.seed.fails
        return self.seed.error is not None

    def task_id(self, task_key: str) -> int:
        """The run id of one of its tasks."""
        return stable_number("task-run", str(self.id), task_key)

    def task_failed(self, task_key: str) -> bool:
        """Whether this task is the one that failed; the first where the seed names none."""
        return self.failed and task_key == (self.seed.failed_task or self.job.settings.tasks[0].task_key)


def runs_of(seed: Seed) -> list[JobRun]:
    """Every run, newest first; a run of a job that the seed does not have is left out."""
    jobs = {job.job_id: job for job in seed.jobs}
    found = [
        JobRun(job=jobs[run.job_id], seed=run, series=number, turn=turn)
        for number, run in enumerate(seed.runs)
        if run.job_id in jobs
        for turn in range(run.count)
    ]
    return sorted(found, key=lambda run: (-run.start, run.id))
