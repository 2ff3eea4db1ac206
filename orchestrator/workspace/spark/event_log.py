"""Reads a Spark event log, once, from its first line to its last, into a `Profile`."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from orchestrator.errors import UsageError
from orchestrator.workspace.spark.executions import Executions
from orchestrator.workspace.spark.fields import Event, number, optional_number, record, text
from orchestrator.workspace.spark.jobs import Caches, Executors, Jobs
from orchestrator.workspace.spark.limits import MEBIBYTE, Limits
from orchestrator.workspace.spark.lines import LogLines, Progress, Tally
from orchestrator.workspace.spark.log_files import find_log
from orchestrator.workspace.spark.profile import Application, Profile, Setting
from orchestrator.workspace.spark.redaction import settings
from orchestrator.workspace.spark.stages import Owner, Stages

_KIND = re.compile(rb'"Event"\s*:\s*"([\w.$]{1,200})"')
_KIND_WITHIN = 400
"""Spark writes the kind of an event first."""
_LINES_TO_SEE = 200
"""A file whose first lines hold no event is no event log."""


def read_event_log(path: Path, limits: Limits | None = None, progress: Progress | None = None) -> Profile:
    """The profile of the application whose log is at the path; a broken or cut log gives what it holds, and notes.

    Raises:
        UsageError: there is no event log at the path, or it cannot be read or unpacked within the limits.
    """
    limits = limits or Limits()
    found = find_log(path, limits)
    lines = LogLines(found.files, limits, progress)
    reading = _Reading(limits, str(path))
    for line in lines:
        reading.take(line)
    return reading.profile(lines.tally, found.notes)


class _Reading:
    """What was read so far, and which part takes which kind of event."""

    def __init__(self, limits: Limits, place: str) -> None:
        self._place = place
        self._application = _Started()
        self._jobs, self._stages = Jobs(limits), Stages(limits)
        self._executions = Executions(limits)
        self._executors, self._caches = Executors(limits), Caches(limits)
        self._broken = self._events = self._lines = 0
        self._last_broken = False
        self._takers: dict[bytes, Callable[[Event], object]] = {
            b"SparkListenerTaskEnd": self._stages.task_ended,
            b"SparkListenerStageCompleted": self._stage_completed,
            b"SparkListenerJobStart": self._job_started,
            b"SparkListenerJobEnd": self._job_ended,
            b"SparkListenerSQLExecutionStart": self._executions.started,
            b"SparkListenerSQLExecutionEnd": self._executions.ended,
            b"SparkListenerSQLAdaptiveExecutionUpdate": self._executions.replanned,
            b"SparkListenerDriverAccumUpdates": self._executions.driver_counted,
            b"SparkListenerExecutorAdded": self._executors.added,
            b"SparkListenerExecutorRemoved": self._executors.removed,
            b"SparkListenerLogStart": self._application.log_started,
            b"SparkListenerApplicationStart": self._application.started,
            b"SparkListenerApplicationEnd": self._application.ended,
            b"SparkListenerEnvironmentUpdate": self._application.configured,
            b"DBCEventLoggingListenerMetadata": self._application.log_started,
        }

    def take(self, line: bytes) -> None:
        """Read one line; kinds of events that nobody takes are not parsed."""
        self._lines += 1
        self._last_broken = False
        kind = _KIND.search(line, 0, _KIND_WITHIN)
        if kind is None:
            self._unreadable()
            return
        taker = self._takers.get(kind[1].rpartition(b".")[2])
        if taker is None:
            self._events += 1
            return
        event = _parsed(line)
        if event is None:
            self._unreadable()
            return
        self._events += 1
        taker(event)

    def profile(self, tally: Tally, notes: tuple[str, ...]) -> Profile:
        """Everything that was read, once the last line was taken."""
        if not self._events:
            raise UsageError(f"{self._place!r} is not a Spark event log: {_seen(tally)}")
        self._stages.finish()
        self._jobs.finish()
        self._executions.finish()
        return Profile(
            application=self._application.application(),
            jobs=self._jobs.done.items(),
            stages=self._stages.done.items(),
            executions=self._executions.done.items(),
            executors=self._executors.items(),
            caches=self._caches.items(),
            lines=tally.lines,
            unpacked_bytes=tally.unpacked_bytes,
            notes=(*notes, *self._notes(tally)),
        )

    def _unreadable(self) -> None:
        self._broken += 1
        self._last_broken = True
        if self._lines >= _LINES_TO_SEE and not self._events:
            raise UsageError(
                f"{self._place!r} is not a Spark event log: its first {self._lines} lines hold no event; "
                "an event log has one JSON object a line, with the key 'Event'"
            )

    def _job_started(self, event: Event) -> None:
        job = self._jobs.started(event)
        self._stages.own(job.stages, Owner(job=job.id, execution=job.execution))
        self._executions.ran_at(job.execution, job.call_site)

    def _job_ended(self, event: Event) -> None:
        job = self._jobs.ended(event)
        if job is not None:
            self._stages.release(job.stages)

    def _stage_completed(self, event: Event) -> None:
        owner = self._stages.owner(number(record(event, "Stage Info"), "Stage ID"))
        self._executions.stage_counted(event)
        self._caches.used(event, owner.job if owner else None, owner.execution if owner else None)
        self._stages.completed(event)

    def _notes(self, tally: Tally) -> Iterator[str]:
        broken = self._broken - self._last_broken
        if tally.cut_short or self._last_broken:
            yield "the log ends in the middle of an event: the application was running, or the file was cut"
        elif self._application.end is None:
            yield "the log holds no end of the application: it was running, or it was killed"
        if broken:
            yield f"{broken} lines are not events and were left out"
        if tally.too_long:
            yield f"{tally.too_long} lines longer than the limit were left out"
        for what, count in (
            ("stages with the least run time", self._stages.done.dropped),
            ("shortest SQL executions", self._executions.done.dropped),
            ("query plans", self._executions.plans_dropped),
            ("shortest jobs", self._jobs.done.dropped),
            ("executors", self._executors.dropped),
            ("uses of caches", self._caches.dropped),
        ):
            if count:
                yield f"the log is larger than what is kept: {count} {what} were left out"


class _Started:
    """The application, from the events at the log's beginning and end."""

    def __init__(self) -> None:
        self.end: int | None = None
        self._id = self._name = self._version = ""
        self._start: int | None = None
        self._settings: tuple[Setting, ...] = ()

    def log_started(self, event: Event) -> None:
        self._version = text(event, "Spark Version", most=60) or self._version

    def started(self, event: Event) -> None:
        self._id, self._name = text(event, "App ID"), text(event, "App Name")
        self._start = optional_number(event, "Timestamp")

    def configured(self, event: Event) -> None:
        self._settings = settings(record(event, "Spark Properties"))

    def ended(self, event: Event) -> None:
        self.end = optional_number(event, "Timestamp")

    def application(self) -> Application:
        return Application(
            id=self._id,
            name=self._name,
            spark_version=self._version,
            started=self._start,
            ended=self.end,
            settings=self._settings,
        )


def _parsed(line: bytes) -> Event | None:
    event = _quickly(line)
    return event if isinstance(event, dict) else None


def _quickly(line: bytes) -> object:
    """The value of a line: pydantic's parser takes half the time, json takes plans that nest deeper than 200 levels."""
    from pydantic_core import from_json

    try:
        return from_json(line)
    except ValueError:
        pass
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def _seen(tally: Tally) -> str:
    if tally.too_long:
        return f"its lines are longer than {MEBIBYTE} bytes"
    if not tally.lines:
        return "it is empty"
    return "no line holds an event; an event log has one JSON object a line, with the key 'Event'"
