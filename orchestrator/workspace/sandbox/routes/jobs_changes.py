"""Jobs that calls make, change, delete and run: a run ends at once and does nothing."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import BaseModel, Field

from orchestrator.workspace.sandbox.call import Call
from orchestrator.workspace.sandbox.family import Family
from orchestrator.workspace.sandbox.people import stable_number
from orchestrator.workspace.sandbox.problem import invalid
from orchestrator.workspace.sandbox.routes.files import clean, object_at
from orchestrator.workspace.sandbox.seed.part import Json
from orchestrator.workspace.sandbox.state import State
from orchestrator.workspace.sandbox.work import LiveJob

FAMILY = Family(title="Changes of jobs")
RUN_MILLISECONDS = 60_000


class NewSettings(BaseModel):
    """The body that changes a job."""

    job_id: int
    new_settings: Json = Field(default_factory=dict)
    fields_to_remove: list[str] = Field(default_factory=list)


class OneJob(BaseModel):
    """The body that names a job."""

    job_id: int
    idempotency_token: str | None = None
    job_parameters: dict[str, str] = Field(default_factory=dict)


@FAMILY.post("/api/2.2/jobs/create", sdk="jobs.create")
def create_job(call: Call) -> Json:
    """A new job that belongs to the caller; names need not be unique."""
    settings = {key: value for key, value in call.body.items() if key != "access_control_list"}
    job_id = call.state.work.number("job")
    call.state.work.jobs[job_id] = LiveJob(
        job_id=job_id, settings=_checked(settings), creator=call.caller, created=call.state.now
    )
    _runs_as(call.state.work.jobs[job_id])
    call.state.changed()
    return {"job_id": job_id}


@FAMILY.post("/api/2.2/jobs/reset", sdk="jobs.reset")
def reset_job(call: Call) -> Json:
    """Puts these settings in place of all that a job has."""
    asked = call.parse(NewSettings)
    job = call.state.work.job(asked.job_id)
    job.settings = _checked(asked.new_settings)
    _runs_as(job)
    call.state.changed()
    return {}


@FAMILY.post("/api/2.2/jobs/update", sdk="jobs.update")
def update_job(call: Call) -> Json:
    """Changes the given settings of a job and takes away those in `fields_to_remove`."""
    asked = call.parse(NewSettings)
    job = call.state.work.job(asked.job_id)
    settings = {**job.settings, **asked.new_settings}
    for name in asked.fields_to_remove:
        settings.pop(name, None)
    job.settings = _checked(settings)
    _runs_as(job)
    call.state.changed()
    return {}


@FAMILY.post("/api/2.2/jobs/delete", sdk="jobs.delete")
def delete_job(call: Call) -> Json:
    """Deletes a job."""
    job = call.state.work.job(call.parse(OneJob).job_id)
    del call.state.work.jobs[job.job_id]
    call.state.changed()
    return {}


@FAMILY.post("/api/2.2/jobs/run-now", sdk="jobs.run_now")
def run_now(call: Call) -> Json:
    """Runs a job, which ends at once: a task whose notebook or file is not there fails, all others succeed."""
    asked, work = call.parse(OneJob), call.state.work
    job = work.job(asked.job_id)
    if asked.idempotency_token in work.tokens:
        return {"run_id": work.tokens[asked.idempotency_token or ""]}
    run_id = work.number("run")
    if asked.idempotency_token:
        work.tokens[asked.idempotency_token] = run_id
    work.runs.insert(0, _run(call.state, job, run_id, len(work.runs)))
    call.state.changed()
    return {"run_id": run_id, "number_in_job": run_id}


def _checked(settings: Json) -> Json:
    """The settings, if a job can have them.

    Raises:
        CallRefusedError: tasks are no list, have no key or the same, or wait for one that is not there (400).
    """
    tasks = settings.get("tasks")
    if not isinstance(tasks, list) or not all(isinstance(task, dict) and task.get("task_key") for task in tasks):
        raise invalid("Job settings must have at least one task, and every task a task_key.")
    keys = [str(task["task_key"]) for task in tasks]
    if len(set(keys)) < len(keys):
        raise invalid("The task keys of a job must be unique.")
    for task in tasks:
        for other in task.get("depends_on") or ():
            if other.get("task_key") not in keys:
                raise invalid(f"Task {task['task_key']} depends on {other.get('task_key')}, which does not exist.")
    return settings


def _runs_as(job: LiveJob) -> None:
    given = job.settings.get("run_as")
    named = given if isinstance(given, dict) else {}
    job.run_as = str(named.get("service_principal_name") or named.get("user_name") or "") or None


def _run(state: State, job: LiveJob, run_id: int, earlier: int) -> Json:
    # Runs that calls start follow one another, a minute each, from the sandbox's own present on.
    start = state.now + earlier * RUN_MILLISECONDS
    tasks = list(_tasks(state, job, run_id, start))
    failed = next((task for task in tasks if _result(task) == "FAILED"), None)
    message = f"Task {failed['task_key']} failed." if failed else ""
    return {
        "job_id": job.job_id,
        "run_id": run_id,
        "job_run_id": run_id,
        "number_in_job": run_id,
        "original_attempt_run_id": run_id,
        "run_name": job.name,
        "run_type": "JOB_RUN",
        "trigger": "ONE_TIME",
        "creator_user_name": job.run_as or job.creator or state.people.admin,
        "run_page_url": f"https://sandbox.example.com/jobs/{job.job_id}/runs/{run_id}",
        "start_time": start,
        "end_time": start + RUN_MILLISECONDS,
        "run_duration": RUN_MILLISECONDS,
        "state": _state(message),
        "tasks": tasks,
    }


def _result(task: Json) -> object:
    state = task.get("state")
    return state.get("result_state") if isinstance(state, dict) else None


def _state(message: str) -> Json:
    result = "FAILED" if message else "SUCCESS"
    return {"life_cycle_state": "TERMINATED", "result_state": result, "state_message": message}


def _tasks(state: State, job: LiveJob, run_id: int, start: int) -> Iterator[Json]:
    tasks = job.settings.get("tasks")
    for task in tasks if isinstance(tasks, list) else ():
        missing = _missing(state, task)
        yield {
            **task,
            "run_id": stable_number("task-run", str(run_id), str(task["task_key"])),
            "start_time": start,
            "end_time": start + RUN_MILLISECONDS,
            "state": _state(missing),
        }


def _missing(state: State, task: Json) -> str:
    """What a task runs and is not there, as a sentence; empty where everything is."""
    for kind, key in (("notebook_task", "notebook_path"), ("spark_python_task", "python_file")):
        body = task.get(kind)
        path = str(body.get(key) or "") if isinstance(body, dict) else ""
        if path.startswith("/") and not path.startswith("/Volumes") and object_at(state, clean(path)) is None:
            return (
                f"Unable to access {path}. Either it does not exist, or the identity used to run this job lacks access."
            )
    return ""
