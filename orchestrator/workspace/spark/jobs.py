"""Jobs, executors and caches from their events."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from orchestrator.workspace.spark.executions import call_site
from orchestrator.workspace.spark.fields import (
    Event,
    counted,
    flag,
    number,
    numbers,
    optional_number,
    record,
    records,
    text,
)
from orchestrator.workspace.spark.kept import Largest
from orchestrator.workspace.spark.limits import Limits
from orchestrator.workspace.spark.profile import Cache, Executor, Job
from orchestrator.workspace.spark.redaction import masked


class Jobs:
    """Every job of a log; the shortest are let go past the limit."""

    def __init__(self, limits: Limits) -> None:
        self.done: Largest[Job] = Largest(limits.jobs, lambda job: (job.ended or 0) - (job.submitted or 0))
        self._limits = limits
        self._open: dict[int, Job] = {}

    def started(self, event: Event) -> Job:
        """Begin a job."""
        properties = record(event, "Properties")
        description = masked(text(properties, "spark.job.description", most=1_000), most=300)
        job = Job(
            id=number(event, "Job ID"),
            execution=counted(properties.get("spark.sql.execution.id")),
            stages=numbers(event, "Stage IDs"),
            description=description,
            call_site=_line_of_code(event, properties, description),
            notebook=text(properties, "spark.databricks.notebook.path"),
            submitted=optional_number(event, "Submission Time"),
            ended=None,
            succeeded=None,
        )
        if len(self._open) >= self._limits.open_executions:
            self.done.add(self._open.pop(next(iter(self._open))))
        self._open[job.id] = job
        return job

    def ended(self, event: Event) -> Job | None:
        """Finish a job."""
        job = self._open.pop(number(event, "Job ID"), None)
        if job is None:
            return None
        succeeded = text(record(event, "Job Result"), "Result") == "JobSucceeded"
        job = replace(job, ended=optional_number(event, "Completion Time"), succeeded=succeeded)
        self.done.add(job)
        return job

    def finish(self) -> None:
        """Finish what never ended."""
        for job in self._open.values():
            self.done.add(job)
        self._open.clear()


def _line_of_code(event: Event, properties: Event, description: str) -> str:
    """`file.py:42` where Spark knows it: the call site that a caller set, else the name of the result stage."""
    stages = [text(stage, "Stage Name") for stage in records(event, "Stage Infos")]
    for candidate in (text(properties, "callSite.short"), description, *reversed(stages)):
        if site := call_site(candidate):
            return site
    return ""


class Executors:
    """Every executor of a log."""

    def __init__(self, limits: Limits) -> None:
        self.dropped = 0
        self._limits = limits
        self._executors: dict[str, Executor] = {}

    def added(self, event: Event) -> None:
        """Begin an executor."""
        info = record(event, "Executor Info")
        name = text(event, "Executor ID", most=80)
        if len(self._executors) >= self._limits.executors and name not in self._executors:
            self.dropped += 1
            return
        self._executors[name] = Executor(
            id=name,
            host=text(info, "Host", most=120),
            cores=number(info, "Total Cores"),
            added=number(event, "Timestamp"),
        )

    def removed(self, event: Event) -> None:
        """End an executor."""
        found = self._executors.get(text(event, "Executor ID", most=80))
        if found is not None:
            reason = text(event, "Removed Reason", most=200)
            self._executors[found.id] = replace(found, removed=number(event, "Timestamp"), reason=reason)

    def items(self) -> tuple[Executor, ...]:
        """The executors in the order in which they came."""
        return tuple(self._executors.values())


@dataclass(slots=True, kw_only=True)
class _Cached:
    name: str
    partitions: int
    jobs: dict[int, None] = field(default_factory=dict)
    executions: dict[int, None] = field(default_factory=dict)
    memory_bytes: int = 0
    disk_bytes: int = 0


class Caches:
    """Every cached RDD of a log, known by its storage level in the stages that used it."""

    _JOBS = 50

    def __init__(self, limits: Limits) -> None:
        self.dropped = 0
        self._limits = limits
        self._cached: dict[int, _Cached] = {}

    def used(self, event: Event, job: int | None, execution: int | None) -> None:
        """Count the caches that a finished stage filled or read."""
        for rdd in records(record(event, "Stage Info"), "RDD Info"):
            level = record(rdd, "Storage Level")
            if flag(level, "Use Memory") or flag(level, "Use Disk"):
                self._use(rdd, job, execution)

    def _use(self, rdd: Event, job: int | None, execution: int | None) -> None:
        key = number(rdd, "RDD ID")
        if key not in self._cached and len(self._cached) >= self._limits.caches:
            self.dropped += 1
            return
        cached = self._cached.setdefault(
            key, _Cached(name=text(rdd, "Name", most=200).strip(), partitions=number(rdd, "Number of Partitions"))
        )
        if job is not None and len(cached.jobs) < self._JOBS:
            cached.jobs[job] = None
        if execution is not None and len(cached.executions) < self._JOBS:
            cached.executions[execution] = None
        cached.memory_bytes = max(cached.memory_bytes, number(rdd, "Memory Size"))
        cached.disk_bytes = max(cached.disk_bytes, number(rdd, "Disk Size"))

    def items(self) -> tuple[Cache, ...]:
        """The caches by the number of their RDD."""
        return tuple(
            Cache(
                rdd=key,
                name=cached.name,
                jobs=tuple(cached.jobs),
                executions=tuple(cached.executions),
                partitions=cached.partitions,
                memory_bytes=cached.memory_bytes,
                disk_bytes=cached.disk_bytes,
            )
            for key, cached in sorted(self._cached.items())
        )
