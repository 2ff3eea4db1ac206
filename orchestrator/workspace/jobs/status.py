"""How jobs go: runs of a window counted by ending, with durations, the current streak and the last failure."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from statistics import median, quantiles

from orchestrator.workspace.jobs.run import Run
from orchestrator.workspace.records import Record


class JobStatus(Record):
    """The runs of one job in the window."""

    job_id: int
    name: str
    runs: int
    succeeded: int
    failed: int
    cancelled: int
    skipped: int
    running: int
    success_rate: float | None
    """succeeded of those that succeeded or failed; null where none did"""
    failing_streak: int
    """how many of the newest ended runs failed in a row, cancelled and skipped ones not counted"""
    median_seconds: float | None
    """of the runs that succeeded"""
    p95_seconds: float | None
    """of the runs that succeeded; null below 20 of them"""
    last_run: dt.datetime | None
    last_ending: str | None
    last_failure: str | None
    """the message of the newest failed run"""
    last_failed_run_id: int | None


class StatusSummary(Record):
    """The runs of a window, by job: those with the longest failing streak first."""

    since: dt.datetime
    runs: int
    succeeded: int
    failed: int
    running: int
    jobs: tuple[JobStatus, ...]
    more: bool
    """the window has more runs than were read: the newest were counted"""
    limits: tuple[str, ...]


LIMITS = (
    "a run counts by its start; one that began before the window and ended in it does not",
    "the workspace keeps runs for 60 days",
)
_ENOUGH = 20


def status_summary(runs: Sequence[Run], since: dt.datetime, *, more: bool) -> StatusSummary:
    """The summary of runs, in any order."""
    by_job: dict[int, list[Run]] = {}
    for run in runs:
        by_job.setdefault(run.job_id or 0, []).append(run)
    endings = Counter(run.ending for run in runs)
    jobs = sorted(
        (_status(job, found) for job, found in by_job.items()),
        key=lambda item: (-item.failing_streak, item.success_rate if item.success_rate is not None else 2, item.job_id),
    )
    return StatusSummary(
        since=since, runs=len(runs), succeeded=endings["succeeded"], failed=endings["failed"],
        running=endings["running"], jobs=tuple(jobs), more=more, limits=LIMITS,
    )  # fmt: skip


def _status(job_id: int, runs: list[Run]) -> JobStatus:
    newest = sorted(runs, key=_begin, reverse=True)
    counted = Counter(run.ending for run in runs)
    judged = counted["succeeded"] + counted["failed"]
    failure = next((run for run in newest if run.ending == "failed"), None)
    seconds = [run.seconds for run in runs if run.ending == "succeeded" and run.seconds is not None]
    return JobStatus(
        job_id=job_id,
        name=newest[0].name,
        runs=len(runs),
        succeeded=counted["succeeded"],
        failed=counted["failed"],
        cancelled=counted["cancelled"],
        skipped=counted["skipped"],
        running=counted["running"],
        success_rate=counted["succeeded"] / judged if judged else None,
        failing_streak=_streak(newest),
        median_seconds=median(seconds) if seconds else None,
        p95_seconds=quantiles(seconds, n=20)[-1] if len(seconds) >= _ENOUGH else None,
        last_run=newest[0].started,
        last_ending=newest[0].ending,
        last_failure=failure.message if failure else None,
        last_failed_run_id=failure.run_id if failure else None,
    )


def _streak(newest: Iterable[Run]) -> int:
    streak = 0
    for run in newest:
        if run.ending == "succeeded":
            break
        streak += run.ending == "failed"
    return streak


def _begin(run: Run) -> dt.datetime:
    return run.started or dt.datetime.min.replace(tzinfo=dt.UTC)
