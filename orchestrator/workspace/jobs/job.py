"""A job: its tasks, when it starts, and on which compute."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from orchestrator.workspace.plain import brief, moment, safe_settings, texts, word
from orchestrator.workspace.records import Record

if TYPE_CHECKING:
    from databricks.sdk.service.jobs import BaseJob, JobCluster, JobSettings, Task
    from databricks.sdk.service.jobs import Job as SdkJob

MAX_TASKS = 200
_KINDS = (
    "notebook_task", "spark_python_task", "python_wheel_task", "spark_jar_task", "spark_submit_task", "sql_task",
    "pipeline_task", "dbt_task", "run_job_task", "condition_task", "for_each_task", "dashboard_task", "alert_task",
)  # fmt: skip


class JobSummary(Record):
    """A job in a listing."""

    job_id: int
    name: str
    creator: str | None
    created: dt.datetime | None
    starts: str
    """how it starts by itself, as `cron 0 0 5 * * ? UTC`, or `by hand or by another job`"""
    paused: bool
    """it has a schedule or trigger that is switched off"""
    tags: dict[str, str]


class JobTask(Record):
    """One task of a job."""

    key: str
    kind: str
    """as notebook, sql, pipeline"""
    source: str | None
    """the notebook, file, pipeline or job that it runs"""
    depends_on: tuple[str, ...]
    compute: str
    """where it runs, as `job cluster main`, `cluster 0101-...`, `new cluster`, `serverless or none`"""
    max_retries: int | None
    timeout_seconds: int | None
    """null or 0: it may run for ever"""


class JobCompute(Record):
    """A cluster that the job makes for its runs."""

    key: str
    spark_version: str | None
    node_type: str | None
    workers: str
    """a number, or a range as `2 to 8`"""
    data_security_mode: str | None
    policy_id: str | None
    spark_conf: dict[str, str]


class Job(JobSummary):
    """A job with its tasks."""

    run_as: str | None
    description: str | None
    tasks: tuple[JobTask, ...]
    more_tasks: bool
    """the job has more than 200 tasks, or the interface gave only its first page of them"""
    clusters: tuple[JobCompute, ...]
    parameters: dict[str, str]
    max_concurrent_runs: int | None
    timeout_seconds: int | None
    notified_on_failure: tuple[str, ...]
    source_repository: str | None


def job_summary(found: BaseJob | SdkJob) -> JobSummary:
    """The job as a listing shows it."""
    settings = found.settings
    return JobSummary(
        job_id=found.job_id or 0,
        name=(settings.name if settings else None) or "",
        creator=found.creator_user_name,
        created=moment(found.created_time),
        starts=_starts(settings),
        paused=_is_paused(settings),
        tags=safe_settings(settings.tags if settings else None),
    )


def job(found: SdkJob) -> Job:
    """The job with its tasks."""
    from databricks.sdk.service.jobs import JobSettings

    settings = found.settings or JobSettings()
    tasks = settings.tasks or []
    mails = settings.email_notifications
    return Job(
        **dict(job_summary(found)),
        run_as=found.run_as_user_name,
        description=brief(settings.description),
        tasks=tuple(_task(item) for item in tasks[:MAX_TASKS]),
        more_tasks=len(tasks) > MAX_TASKS or bool(found.has_more),
        clusters=tuple(_compute(item) for item in settings.job_clusters or ()),
        parameters=safe_settings({item.name: item.default for item in settings.parameters or ()}),
        max_concurrent_runs=settings.max_concurrent_runs,
        timeout_seconds=settings.timeout_seconds,
        notified_on_failure=texts(mails.on_failure if mails else None),
        source_repository=settings.git_source.git_url if settings.git_source else None,
    )


def _starts(settings: JobSettings | None) -> str:
    if settings is not None and settings.schedule is not None:
        return f"cron {settings.schedule.quartz_cron_expression} {settings.schedule.timezone_id}"
    if settings is not None and settings.continuous is not None:
        return "continuously"
    if settings is not None and settings.trigger is not None:
        return _trigger(settings)
    return "by hand or by another job"


def _trigger(settings: JobSettings) -> str:
    kinds = ("file_arrival", "table_update", "periodic", "model")
    set_kinds = [kind for kind in kinds if getattr(settings.trigger, kind, None) is not None]
    return f"trigger: {', '.join(set_kinds).replace('_', ' ') or 'of a kind that this version does not know'}"


def _is_paused(settings: JobSettings | None) -> bool:
    if settings is None:
        return False
    each = (settings.schedule, settings.continuous, settings.trigger)
    return any(item is not None and word(item.pause_status) == "PAUSED" for item in each)


def _task(task: Task) -> JobTask:
    kind = next((name for name in _KINDS if getattr(task, name) is not None), "")
    return JobTask(
        key=task.task_key,
        kind=kind.removesuffix("_task").replace("_", " ") or "other",
        source=_source(getattr(task, kind)) if kind else None,
        depends_on=tuple(item.task_key for item in task.depends_on or ()),
        compute=_runs_on(task),
        max_retries=task.max_retries,
        timeout_seconds=task.timeout_seconds,
    )


def _source(kind: object) -> str | None:
    """What the task runs: the first of the attributes by which kinds of tasks name it."""
    names = ("notebook_path", "python_file", "package_name", "main_class_name", "pipeline_id", "job_id")
    found = [value for name in names if (value := getattr(kind, name, None))]
    file = getattr(kind, "file", None)
    return str(found[0]) if found else getattr(file, "path", None)


def _runs_on(task: Task) -> str:
    if task.job_cluster_key:
        return f"job cluster {task.job_cluster_key}"
    if task.existing_cluster_id:
        return f"cluster {task.existing_cluster_id}"
    if task.new_cluster is not None:
        return "new cluster"
    if task.sql_task is not None:
        return f"warehouse {task.sql_task.warehouse_id}"
    return "serverless or none"


def _compute(found: JobCluster) -> JobCompute:
    cluster = found.new_cluster
    scale = cluster.autoscale if cluster else None
    workers = f"{scale.min_workers} to {scale.max_workers}" if scale else str((cluster and cluster.num_workers) or 0)
    return JobCompute(
        key=found.job_cluster_key,
        spark_version=cluster.spark_version if cluster else None,
        node_type=cluster.node_type_id if cluster else None,
        workers=workers,
        data_security_mode=word(cluster.data_security_mode) if cluster else None,
        policy_id=cluster.policy_id if cluster else None,
        spark_conf=safe_settings(cluster.spark_conf if cluster else None),
    )
