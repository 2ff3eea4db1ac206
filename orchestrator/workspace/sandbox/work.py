"""Jobs, pipelines and workspace files as they are now: those of the seed, and what calls made of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from orchestrator.workspace.sandbox.people import stable_id, stable_number
from orchestrator.workspace.sandbox.problem import absent, invalid

if TYPE_CHECKING:
    from orchestrator.workspace.sandbox.seed import Seed
    from orchestrator.workspace.sandbox.seed.part import Json
    from orchestrator.workspace.sandbox.seed.pipelines import EventSeed, UpdateSeed


@dataclass(kw_only=True)
class LiveJob:
    """A job: its settings are kept as they were sent."""

    job_id: int
    settings: Json
    creator: str | None
    run_as: str | None = None
    created: int | None = None

    @property
    def name(self) -> str:
        """What it is called."""
        return str(self.settings.get("name") or "Untitled")


@dataclass(kw_only=True)
class LivePipeline:
    """A pipeline: its settings are kept as they were sent."""

    pipeline_id: str
    name: str
    spec: Json
    creator: str | None
    run_as: str | None = None
    state: str = "IDLE"
    health: str | None = None
    updates: list[UpdateSeed] = field(default_factory=list)
    events: list[EventSeed] = field(default_factory=list)


class Work:
    """Every job, pipeline and uploaded file."""

    def __init__(self, seed: Seed) -> None:
        self.jobs: dict[int, LiveJob] = {
            job.job_id: LiveJob(
                job_id=job.job_id,
                settings=job.settings.wire(),
                creator=job.creator_user_name,
                run_as=job.run_as_user_name,
                created=job.created_time,
            )
            for job in seed.jobs
        }
        self.pipelines: dict[str, LivePipeline] = {
            item.pipeline_id: LivePipeline(
                pipeline_id=item.pipeline_id,
                name=item.name,
                spec=item.spec.wire(),
                creator=item.creator_user_name,
                run_as=item.run_as_user_name,
                state=item.state,
                health=item.health,
                updates=list(item.updates),
                events=list(item.events),
            )
            for item in seed.pipelines
        }
        self.runs: list[Json] = []
        """Runs that calls started, newest first."""
        self.tokens: dict[str, int] = {}
        """The run that each idempotency token started."""
        self.notebooks = dict(seed.files.notebooks)
        self.files: dict[str, bytes] = {}
        """Files that were imported, by path."""
        self.folders: set[str] = set()
        """Folders that were made without a file."""
        self._made = 0

    def job(self, job_id: int) -> LiveJob:
        """A job.

        Raises:
            CallRefusedError: there is none (400, with the message that the SDK reads as "does not exist").
        """
        if job_id not in self.jobs:
            raise invalid(f"Job {job_id} does not exist.")
        return self.jobs[job_id]

    def pipeline(self, pipeline_id: str) -> LivePipeline:
        """A pipeline.

        Raises:
            CallRefusedError: there is none (404).
        """
        if pipeline_id not in self.pipelines:
            raise absent("The specified pipeline", pipeline_id[:60])
        return self.pipelines[pipeline_id]

    def number(self, kind: str) -> int:
        """A new number, the same in every sandbox for the same calls."""
        self._made += 1
        return stable_number(kind, "made here", str(self._made))

    def identity(self, kind: str) -> str:
        """A new id, the same in every sandbox for the same calls."""
        self._made += 1
        return stable_id(kind, "made here", str(self._made))
