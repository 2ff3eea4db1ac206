"""Jobs and their runs, with the field names of the REST interface where it has them."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from orchestrator.workspace.sandbox.seed.compute import ClusterSpecSeed
from orchestrator.workspace.sandbox.seed.moment import Moment
from orchestrator.workspace.sandbox.seed.part import Part, Wire


class NotebookTaskSeed(Wire):
    """A notebook to run."""

    notebook_path: str
    base_parameters: dict[str, str] | None = None
    source: str | None = None


class PythonTaskSeed(Wire):
    """A Python file to run."""

    python_file: str
    parameters: list[str] | None = None
    source: str | None = None


class PipelineTaskSeed(Wire):
    """A pipeline to update."""

    pipeline_id: str
    full_refresh: bool | None = None


class SqlFileSeed(Wire):
    """A SQL file."""

    path: str
    source: str | None = None


class SqlTaskSeed(Wire):
    """A SQL file to run on a warehouse."""

    warehouse_id: str
    file: SqlFileSeed | None = None


class DependencySeed(Wire):
    """The task that has to end first."""

    task_key: str


class TaskSeed(Wire):
    """A task of a job."""

    task_key: str
    description: str | None = None
    depends_on: list[DependencySeed] | None = None
    existing_cluster_id: str | None = None
    job_cluster_key: str | None = None
    new_cluster: ClusterSpecSeed | None = None
    notebook_task: NotebookTaskSeed | None = None
    spark_python_task: PythonTaskSeed | None = None
    pipeline_task: PipelineTaskSeed | None = None
    sql_task: SqlTaskSeed | None = None
    max_retries: int | None = None
    timeout_seconds: int | None = None


class ScheduleSeed(Wire):
    """When a job starts by itself."""

    quartz_cron_expression: str
    timezone_id: str = "UTC"
    pause_status: Literal["PAUSED", "UNPAUSED"] = "UNPAUSED"


class JobClusterSeed(Wire):
    """A cluster that tasks of a job share."""

    job_cluster_key: str
    new_cluster: ClusterSpecSeed


class RunAsSeed(Wire):
    """As whom a job runs."""

    user_name: str | None = None
    service_principal_name: str | None = None


class NotifySeed(Wire):
    """Who hears of failures."""

    on_failure: list[str] | None = None
    on_success: list[str] | None = None


class JobParameterSeed(Wire):
    """A parameter of a job."""

    name: str
    default: str


class SettingsSeed(Wire):
    """The settings of a job."""

    name: str
    description: str | None = None
    tasks: list[TaskSeed] = Field(min_length=1)
    job_clusters: list[JobClusterSeed] | None = None
    schedule: ScheduleSeed | None = None
    run_as: RunAsSeed | None = None
    email_notifications: NotifySeed | None = None
    parameters: list[JobParameterSeed] | None = None
    tags: dict[str, str] | None = None
    max_concurrent_runs: int = 1
    timeout_seconds: int | None = None
    format: str = "MULTI_TASK"


class JobSeed(Wire):
    """A job as `jobs get` answers it."""

    job_id: int
    creator_user_name: str | None = None
    run_as_user_name: str | None = None
    created_time: Moment | None = None
    settings: SettingsSeed


class RunSeed(Part):
    """One run of a job, or a series: `every` hours back from `at`, `count` times.

    `failed_task` and `error` make it fail; in a series `fails` names the runs that do, counted from the newest, 0.
    """

    job_id: int
    at: Moment
    minutes: float = 10.0
    count: int = Field(default=1, ge=1, le=500)
    every: int = Field(default=24, ge=1, description="hours")
    trigger: Literal["PERIODIC", "ONE_TIME", "RETRY"] = "PERIODIC"
    error: str | None = None
    fails: list[int] = Field(default_factory=list)
    failed_task: str | None = None
    output: str | None = None
