"""The status of jobs, computed from runs."""

from __future__ import annotations

import datetime as dt

from databricks.sdk.service.jobs import Run as SdkRun

from orchestrator.workspace.jobs.run import Ending, Run, run
from orchestrator.workspace.jobs.status import status_summary

SINCE = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)


def ran(job: int, hours: int, ending: Ending, seconds: float = 60) -> Run:
    return Run(
        run_id=hours, job_id=job, name=f"job {job}", ending=ending, result=None, message=f"at {hours}", trigger=None,
        started=SINCE + dt.timedelta(hours=hours), ended=None, seconds=seconds, creator=None,
    )  # fmt: skip


def test_a_streak_counts_failures_since_the_last_success_and_passes_over_cancelled_runs() -> None:
    runs = [
        ran(1, 1, "failed"),
        ran(1, 2, "succeeded"),
        ran(1, 3, "failed"),
        ran(1, 4, "cancelled"),
        ran(1, 5, "failed"),
    ]
    found = status_summary(runs, SINCE, more=False).jobs[0]
    assert (found.failing_streak, found.last_failed_run_id, found.last_failure) == (2, 5, "at 5")
    assert found.success_rate == 1 / 4


def test_a_job_whose_runs_have_not_ended_has_no_success_rate() -> None:
    found = status_summary([ran(1, 1, "running")], SINCE, more=False).jobs[0]
    assert (found.success_rate, found.median_seconds, found.running) == (None, None, 1)


def test_the_95th_percentile_needs_twenty_runs() -> None:
    def p95(count: int) -> float | None:
        runs = [ran(1, number, "succeeded", seconds=number) for number in range(1, count + 1)]
        return status_summary(runs, SINCE, more=False).jobs[0].p95_seconds

    assert p95(19) is None
    assert p95(100) == 95.95


def test_jobs_that_fail_now_stand_before_those_that_failed_once() -> None:
    runs = [ran(1, 2, "succeeded"), ran(1, 1, "failed"), ran(2, 1, "failed"), ran(3, 1, "succeeded")]
    assert [item.job_id for item in status_summary(runs, SINCE, more=False).jobs] == [2, 1, 3]


def test_the_words_of_the_interface_become_one_of_five_endings() -> None:
    def ending(state: dict[str, str]) -> str:
        return run(SdkRun.from_dict({"run_id": 1, "state": state})).ending

    assert ending({"life_cycle_state": "RUNNING"}) == "running"
    assert ending({"life_cycle_state": "TERMINATED", "result_state": "SUCCESS"}) == "succeeded"
    assert ending({"life_cycle_state": "TERMINATED", "result_state": "TIMEDOUT"}) == "failed"
    assert ending({"life_cycle_state": "INTERNAL_ERROR"}) == "failed"
    assert ending({"life_cycle_state": "SKIPPED"}) == "skipped"
    assert ending({"life_cycle_state": "TERMINATED", "result_state": "CANCELED"}) == "cancelled"


def test_the_newer_form_of_a_state_is_read_where_the_older_is_missing() -> None:
    details = {"code": "RUN_EXECUTION_ERROR", "message": "no"}
    found = run(SdkRun.from_dict({"run_id": 1, "status": {"state": "TERMINATED", "termination_details": details}}))
    assert (found.ending, found.result, found.message) == ("failed", "RUN_EXECUTION_ERROR", "no")
