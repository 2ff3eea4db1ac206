"""A run of a job: how it went, task by task, and what it wrote."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Literal

from orchestrator.workspace.plain import brief, moment, word
from orchestrator.workspace.records import Record

if TYPE_CHECKING:
    from databricks.sdk.service.jobs import BaseRun, RunState, RunStatus, RunTask
    from databricks.sdk.service.jobs import Run as SdkRun
    from databricks.sdk.service.jobs import RunOutput as SdkRunOutput

Ending = Literal["succeeded", "failed", "cancelled", "skipped", "running"]
_ENDED = {"TERMINATED", "INTERNAL_ERROR", "SKIPPED"}
_ENDINGS: dict[str, Ending] = {
    "SUCCESS": "succeeded", "SUCCESS_WITH_FAILURES": "succeeded", "CANCELED": "cancelled",
    "UPSTREAM_CANCELED": "cancelled", "EXCLUDED": "skipped", "DISABLED": "skipped", "UPSTREAM_FAILED": "failed",
    "FAILED": "failed", "TIMEDOUT": "failed", "MAXIMUM_CONCURRENT_RUNS_REACHED": "skipped",
    "USER_CANCELED": "cancelled", "SKIPPED": "skipped", "MAX_CONCURRENT_RUNS_EXCEEDED": "skipped",
}  # fmt: skip
"""Results of the Jobs API 2.1: https://docs.databricks.com/api/workspace/jobs/getrun (`state.result_state`)"""


class RunTaskState(Record):
    """How one task of a run went."""

    key: str
    run_id: int
    ending: Ending
    message: str | None
    started: dt.datetime | None
    seconds: float | None
    attempt: int | None


class Run(Record):
    """A run of a job."""

    run_id: int
    job_id: int | None
    name: str
    ending: Ending
    result: str | None
    """the word of the interface, as SUCCESS, FAILED, TIMEDOUT, CANCELED; null while it runs"""
    message: str | None
    trigger: str | None
    started: dt.datetime | None
    ended: dt.datetime | None
    seconds: float | None
    """from start to end; null while it runs"""
    creator: str | None


class RunDetail(Run):
    """A run with its tasks."""

    tasks: tuple[RunTaskState, ...]


class TaskOutput(Record):
    """What a task left; texts are cut at `max_characters`."""

    key: str
    run_id: int
    ending: Ending
    result: str | None
    """what the notebook gave to dbutils.notebook.exit"""
    error: str | None
    error_trace: str | None
    logs: str | None
    truncated: bool
    """the workspace or this server left something out"""
    unread: str | None
    """why there is no output"""


def run(found: BaseRun | SdkRun) -> Run:
    """The run without its tasks."""
    ending, result, message = _ending(found.state, found.status)
    return Run(
        run_id=found.run_id or 0,
        job_id=found.job_id,
        name=brief(found.run_name, 300) or "",
        ending=ending,
        result=result,
        message=brief(message, 500),
        trigger=word(found.trigger),
        started=moment(found.start_time),
        ended=moment(found.end_time),
        seconds=_seconds(found.start_time, found.end_time),
        creator=found.creator_user_name,
    )


def run_detail(found: SdkRun) -> RunDetail:
    """The run with its tasks."""
    return RunDetail(**dict(run(found)), tasks=tuple(run_task(item) for item in found.tasks or ()))


def run_task(found: RunTask) -> RunTaskState:
    """How a task of a run went."""
    ending, _, message = _ending(found.state, found.status)
    return RunTaskState(
        key=found.task_key,
        run_id=found.run_id or 0,
        ending=ending,
        message=brief(message, 500),
        started=moment(found.start_time),
        seconds=_seconds(found.start_time, found.end_time),
        attempt=found.attempt_number,
    )


def task_output(task: RunTaskState, found: SdkRunOutput, most: int) -> TaskOutput:
    """The output of a task, each text at most so many characters."""
    notebook = found.notebook_output
    given = (notebook.result if notebook else None, found.error, found.error_trace, found.logs)
    result, error, trace, logs = (brief(text, most) for text in given)
    cut = any(text is not None and len(text) > most for text in given)
    return TaskOutput(
        key=task.key, run_id=task.run_id, ending=task.ending, result=result, error=error, error_trace=trace, logs=logs,
        truncated=cut or bool(found.logs_truncated) or bool(notebook and notebook.truncated), unread=None,
    )  # fmt: skip


def no_output(task: RunTaskState, why: str) -> TaskOutput:
    """A task whose output cannot be had."""
    return TaskOutput(
        key=task.key, run_id=task.run_id, ending=task.ending, result=None, error=None, error_trace=None, logs=None,
        truncated=False, unread=why,
    )  # fmt: skip


def _ending(state: RunState | None, status: RunStatus | None) -> tuple[Ending, str | None, str | None]:
    """The ending, the interface's word for it, and its message; `status` is the newer form of `state`."""
    cycle = word(state.life_cycle_state) if state else None
    result = word(state.result_state) if state else None
    message = state.state_message if state else None
    if state is None and status is not None and status.termination_details is not None:
        details = status.termination_details
        result, message = word(details.code), details.message
        return _ENDINGS.get(result or "", "failed"), result, message
    if cycle not in _ENDED:
        return "running", None, message
    if cycle == "SKIPPED":
        return "skipped", result or cycle, message
    return _ENDINGS.get(result or "", "failed"), result or cycle, message


def _seconds(start: int | None, end: int | None) -> float | None:
    return (end - start) / 1_000 if start and end else None
