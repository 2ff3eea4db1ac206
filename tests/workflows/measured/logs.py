"""Projects and the event logs of their runs, small enough to read."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from orchestrator.types import Finding, Review, Severity
from orchestrator.workflows.cache import cached_review
from orchestrator.workflows.measured.request import Measuring
from orchestrator.workflows.measured.review import measured_review
from orchestrator.workflows.request import Request, silent
from orchestrator.workflows.selection import Selection
from orchestrator.workspace.spark.event_log import read_event_log
from orchestrator.workspace.spark.profile import Profile
from tests.workspace.spark import events

DAY = dt.date(2026, 11, 23)
MINUTE = 60_000
MEBIBYTE = 1024**2
COLLECT = 'rows = spark.table("main.sales.orders").collect()\n'
LOOP = (
    "def report(spark, days):\n"
    '    orders = spark.table("main.sales.orders")\n'
    "    for day in days:\n"
    "        print(orders.filter(orders.day == day).collect())\n"
)


def project(folder: Path, **files: str) -> Path:
    """A project; `job="..."` is its file `src/job.py`."""
    (folder / "src").mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / "src" / f"{name}.py").write_text(text, encoding="utf-8")
    return folder


def request(path: Path, *, ignore: tuple[str, ...] = (), severities: dict[str, Severity] | None = None) -> Request:
    """The request that runs every rule."""
    return Request(
        path=path, today=DAY, selection=Selection(select=("ALL",), ignore=ignore), severities=severities or {}
    )


def reviewed(asked: Request, measuring: Measuring) -> Review:
    """The measured review."""
    return measured_review(asked, cached_review(asked, use_cache=False), measuring, silent).review


def only(review: Review, rule: str) -> Finding:
    """The one finding of a rule."""
    (found,) = [finding for finding in review.findings if finding.rule == rule]
    return found


def execution(number: int, site: str, *times: int, **told: int) -> list[str]:
    """One execution that Spark describes by its call site, with a task for each time in ms.

    `read` are the bytes of its one scan, `spilled` those that each task spills, `rows` those of the largest task.
    """
    scan = events.node("Scan parquet main.sales.orders", "[id#1]", size_of_files_read=number * 10)
    read = {number * 10: told["read"]} if "read" in told else {}
    rows = [1] * (len(times) - 1) + [told.get("rows", 1)]
    tasks = [
        events.task(number, time, spilled=told.get("spilled", 0), rows=count)
        for time, count in zip(times, rows, strict=True)
    ]
    return [
        events.execution(number, scan, site),
        events.job(number, [number], execution=number),
        *tasks,
        events.stage_completed(number, len(times), read),
        events.execution_ended(number),
    ]


def profile(folder: Path, *executions: list[str], whole: bool = True) -> Profile:
    """The profile of a log with these executions."""
    end = [events.ended()] if whole else []
    return read_event_log(events.written(folder / "log", events.started(), *executions, end))
