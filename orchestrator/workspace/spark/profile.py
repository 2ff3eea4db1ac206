"""What one event log says, as frozen types: times are ms (instants since the epoch), sizes are bytes."""

from __future__ import annotations

from dataclasses import dataclass

from orchestrator.workspace.spark.plan import Plan
from orchestrator.workspace.spark.samples import Spread


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One Spark property, its value masked where it may be a secret."""

    name: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """The application that wrote the log; `ended` is None where the log does not hold its end."""

    id: str = ""
    name: str = ""
    spark_version: str = ""
    started: int | None = None
    ended: int | None = None
    settings: tuple[Setting, ...] = ()

    def setting(self, name: str) -> str | None:
        """The value of one Spark property, or None where the log does not give it."""
        return next((setting.value for setting in self.settings if setting.name == name), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Executor:
    """One executor; `removed` is None where it stayed to the end."""

    id: str
    host: str
    cores: int
    added: int
    removed: int | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One Spark job; `succeeded` is None where the log does not hold its end."""

    id: int
    execution: int | None
    stages: tuple[int, ...]
    description: str
    call_site: str
    notebook: str
    submitted: int | None
    ended: int | None
    succeeded: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One attempt of a stage; the spreads are those of the tasks that succeeded."""

    id: int
    attempt: int
    name: str
    job: int | None
    execution: int | None
    operators: tuple[str, ...]
    """The operators that ran in it, as the scopes of its RDDs name them."""
    tasks: int
    submitted: int | None
    completed: int | None
    failure: str
    run_time: Spread
    shuffle_read: Spread
    shuffle_write: Spread
    input_bytes: Spread
    records_read: Spread
    """Records of input and shuffle together."""
    gc_time: int
    cpu_time: int
    fetch_wait: int
    memory_spilled: int
    disk_spilled: int
    output_bytes: int
    output_records: int
    failed: int
    killed: int
    lost_time: int
    """Run time of the tasks that failed or were killed."""
    speculative: int
    localities: tuple[tuple[str, int], ...]
    errors: tuple[str, ...]
    """The first lines of different task failures."""

    @property
    def gc_share(self) -> float:
        """The part of the tasks' run time that was garbage collection, from 0 to 1."""
        return min(self.gc_time / self.run_time.total, 1.0) if self.run_time.total > 0 else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Execution:
    """One SQL or DataFrame execution with its last plan: the final one where adaptive execution finished."""

    id: int
    description: str
    call_site: str
    started: int | None
    ended: int | None
    error: str
    plan: Plan | None
    settings: tuple[Setting, ...]
    """What differed from the session's start: Spark records the SQL properties that were set."""

    @property
    def duration(self) -> int:
        """Milliseconds from start to end; 0 where the log lacks either."""
        return self.ended - self.started if self.ended is not None and self.started is not None else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Cache:
    """One cached RDD or DataFrame: the jobs whose stages used it, and the most it held."""

    rdd: int
    name: str
    jobs: tuple[int, ...]
    executions: tuple[int, ...]
    partitions: int
    memory_bytes: int
    disk_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """Everything that was read from one event log; `notes` say what is missing from it."""

    application: Application
    jobs: tuple[Job, ...]
    stages: tuple[Stage, ...]
    executions: tuple[Execution, ...]
    executors: tuple[Executor, ...]
    caches: tuple[Cache, ...]
    lines: int
    unpacked_bytes: int
    notes: tuple[str, ...]

    @property
    def measured(self) -> bool:
        """Whether there are stages: a profile made of a plan's text has none."""
        return bool(self.stages)

    def execution(self, number: int | None) -> Execution | None:
        """The SQL execution of that number, or None."""
        return next((execution for execution in self.executions if execution.id == number), None)

    def stages_of(self, execution: int) -> tuple[Stage, ...]:
        """The stages that ran for one SQL execution."""
        return tuple(stage for stage in self.stages if stage.execution == execution)

    def setting(self, name: str, execution: Execution | None = None) -> str | None:
        """The value of a Spark property as one execution saw it."""
        if execution is not None:
            for setting in execution.settings:
                if setting.name == name:
                    return setting.value
        return self.application.setting(name)
