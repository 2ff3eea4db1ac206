"""Which jobs run on clusters that were made for people: tasks with an existing cluster in place of one of the job's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from orchestrator.workspace.connection import Workspace
from orchestrator.workspace.jobs.job import job_summary
from orchestrator.workspace.records import Record

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient
    from databricks.sdk.service.jobs import BaseJob


class SharedComputeJob(Record):
    """A job with tasks on existing clusters."""

    job_id: int
    name: str
    starts: str
    """how it starts by itself, as `cron 0 0 5 * * ? UTC`, or `by hand or by another job`"""
    paused: bool
    cluster_ids: tuple[str, ...]
    tasks: tuple[str, ...]
    """the tasks on those clusters"""


def shared_compute_jobs(workspace: Workspace) -> tuple[SharedComputeJob, ...]:
    """The jobs that have a task on an existing cluster, by id.

    Raises:
        WorkspaceError: the jobs cannot be listed.
    """
    found = workspace.ask("list jobs with their tasks", lambda client: tuple(_found(client)))
    return tuple(sorted(found, key=lambda item: item.job_id))


def _found(client: WorkspaceClient) -> Iterator[SharedComputeJob]:
    for item in client.jobs.list(expand_tasks=True):
        made = _shared(item)
        if made is not None:
            yield made


def _shared(item: BaseJob) -> SharedComputeJob | None:
    tasks = (item.settings.tasks if item.settings else None) or []
    on = [task for task in tasks if task.existing_cluster_id]
    if not on:
        return None
    summary = job_summary(item)
    return SharedComputeJob(
        job_id=summary.job_id,
        name=summary.name,
        starts=summary.starts,
        paused=summary.paused,
        cluster_ids=tuple(sorted({task.existing_cluster_id or "" for task in on})),
        tasks=tuple(task.task_key for task in on),
    )
