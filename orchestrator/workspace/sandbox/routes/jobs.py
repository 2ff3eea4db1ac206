"""Jobs, their runs and the output of runs."""

from __future__ import annotations

from orchestrator.workspace.sandbox.call import Call, Sizes
from orchestrator.workspace.sandbox.family import Family
from orchestrator.workspace.sandbox.problem import invalid
from orchestrator.workspace.sandbox.records import AGE
from orchestrator.workspace.sandbox.runs import JobRun, runs_of
from orchestrator.workspace.sandbox.seed.jobs import TaskSeed
from orchestrator.workspace.sandbox.seed.part import Json
from orchestrator.workspace.sandbox.state import State
from orchestrator.workspace.sandbox.work import LiveJob

FAMILY = Family(title="Jobs and runs")
JOB_PAGE = Sizes(parameter="limit", default=20, most=100)
RUN_PAGE = Sizes(parameter="limit", default=20, most=25)
_PER_TASK = frozenset({"tasks", "job_clusters", "parameters"})


def job_wire(state: State, job: LiveJob, *, expanded: bool) -> Json:
    """The job as the interface answers it; a listing has no tasks unless they are asked for."""
    settings = job.settings
    if not expanded:
        settings = {key: value for key, value in settings.items() if key not in _PER_TASK}
    return {
        "job_id": job.job_id,
        "creator_user_name": job.creator or state.people.admin,
        "created_time": job.created or state.now - AGE,
        "settings": settings,
    }


@FAMILY.get("/api/2.2/jobs/list", sdk="jobs.list")
def list_jobs(call: Call) -> Json:
    """The jobs, newest first, with `name` and `expand_tasks`, in pages of at most 100."""
    state, name = call.state, call.query.get("name")
    every = [job for job in state.work.jobs.values() if name is None or job.name.lower() == name.lower()]
    every.sort(key=lambda job: -(job.created or 0))
    expanded = call.flag("expand_tasks")
    answer = call.page(every, lambda job: job_wire(state, job, expanded=expanded), key="jobs", sizes=JOB_PAGE)
    return answer | {"has_more": "next_page_token" in answer}


@FAMILY.get("/api/2.2/jobs/get", sdk="jobs.get")
def get_job(call: Call) -> Json:
    """One job with its tasks; 400 with the message that the SDK reads as "does not exist"."""
    job = call.state.work.job(call.number("job_id"))
    runner = job.run_as or job.creator or call.state.people.admin
    return job_wire(call.state, job, expanded=True) | {"run_as_user_name": runner}


def _state(*, failed: bool, message: str) -> Json:
    result = "FAILED" if failed else "SUCCESS"
    return {"life_cycle_state": "TERMINATED", "result_state": result, "state_message": message}


def _status(*, failed: bool, message: str) -> Json:
    details = {
        "code": "RUN_EXECUTION_ERROR" if failed else "SUCCESS",
        "type": "CLIENT_ERROR" if failed else "SUCCESS",
        "message": message,
    }
    return {"state": "TERMINATED", "termination_details": details}


def _task_wire(run: JobRun, task: TaskSeed, number: int) -> Json:
    settings = task.wire()
    length = (run.end - run.start) // len(run.job.settings.tasks)
    failed = run.task_failed(task.task_key)
    message = (run.seed.error or "") if failed else ""
    return {
        "run_id": run.task_id(task.task_key),
        "start_time": run.start + number * length,
        "end_time": run.start + (number + 1) * length,
        "execution_duration": length,
        "setup_duration": 0,
        "cleanup_duration": 0,
        "attempt_number": 0,
        "state": _state(failed=failed, message=message),
        "status": _status(failed=failed, message=message),
    } | settings


def run_wire(state: State, run: JobRun, *, expanded: bool) -> Json:
    """The run as the interface answers it."""
    message = f"Task {run.seed.failed_task or run.job.settings.tasks[0].task_key} failed." if run.failed else ""
    answer: Json = {
        "job_id": run.job.job_id,
        "run_id": run.id,
        "job_run_id": run.id,
        "number_in_job": run.id,
        "original_attempt_run_id": run.id,
        "run_name": run.job.settings.name,
        "run_type": "JOB_RUN",
        "trigger": run.seed.trigger,
        "creator_user_name": run.job.run_as_user_name or run.job.creator_user_name or state.people.admin,
        "run_page_url": f"https://sandbox.example.com/jobs/{run.job.job_id}/runs/{run.id}",
        "start_time": run.start,
        "end_time": run.end,
        "run_duration": run.end - run.start,
        "setup_duration": 0,
        "execution_duration": run.end - run.start,
        "cleanup_duration": 0,
        "state": _state(failed=run.failed, message=message),
        "status": _status(failed=run.failed, message=message),
    }
    if expanded:
        answer["tasks"] = [_task_wire(run, task, number) for number, task in enumerate(run.job.settings.tasks)]
    return answer


def _started(run: Json, *, expanded: bool) -> Json:
    """A run that a call started, as a listing shows it."""
    return run if expanded else {key: value for key, value in run.items() if key != "tasks"}


@FAMILY.get("/api/2.2/jobs/runs/list", sdk="jobs.list_runs")
def list_runs(call: Call) -> Json:
    """The runs, newest first, of one job or all, with times, in pages of at most 25."""
    state = call.state
    first, last = call.number("start_time_from", 0), call.number("start_time_to", 2**53)
    job = call.number("job_id", 0)
    every = [] if call.flag("active_only") else runs_of(state.seed)
    found = [run for run in every if job in {0, run.job.job_id} and first <= run.start <= last]
    expanded = call.flag("expand_tasks")
    wired = [_started(run, expanded=expanded) for run in state.work.runs if job in {0, run["job_id"]}]
    wired = [] if call.flag("active_only") else wired
    wired += [run_wire(state, run, expanded=expanded) for run in found]
    answer = call.page(wired, lambda run: run, key="runs", sizes=RUN_PAGE)
    return answer | {"has_more": "next_page_token" in answer}


@FAMILY.get("/api/2.2/jobs/runs/get", sdk="jobs.get_run")
def get_run(call: Call) -> Json:
    """One run of a job with the runs of its tasks."""
    wanted = call.number("run_id")
    for started in call.state.work.runs:
        if started["run_id"] == wanted:
            return started
    for run in runs_of(call.state.seed):
        if run.id == wanted or wanted in {run.task_id(task.task_key) for task in run.job.settings.tasks}:
            return run_wire(call.state, run, expanded=True)
    raise invalid(f"Run {wanted} does not exist.")


@FAMILY.get("/api/2.2/jobs/runs/get-output", sdk="jobs.get_run_output")
def get_run_output(call: Call) -> Json:
    """The output or the error of the run of one task; 400 for a job with more than one task."""
    wanted = call.number("run_id")
    for run in runs_of(call.state.seed):
        tasks = run.job.settings.tasks
        if run.id == wanted and len(tasks) > 1:
            raise invalid(
                "Retrieving the output of runs with multiple tasks is not supported. Use the run of one task."
            )
        for task in tasks:
            if wanted in {run.id, run.task_id(task.task_key)}:
                return _output(call.state, run, task)
    raise invalid(f"Run {wanted} does not exist.")


def _output(state: State, run: JobRun, task: TaskSeed) -> Json:
    answer: Json = {"metadata": run_wire(state, run, expanded=True)}
    if run.task_failed(task.task_key):
        answer["error"] = run.seed.error or "The task failed."
        answer["error_trace"] = f"Traceback (most recent call last)\n{run.seed.error or 'The task failed.'}"
    elif task.notebook_task is not None:
        answer["notebook_output"] = {"result": run.seed.output or "", "truncated": False}
    elif run.seed.output is not None:
        answer["logs"] = run.seed.output
    return answer
