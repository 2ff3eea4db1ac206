"""Stages from the events of their tasks: each is folded into its numbers as soon as it completes."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

from orchestrator.workspace.spark.fields import Event, flag, number, optional_number, record, records, text
from orchestrator.workspace.spark.kept import Largest
from orchestrator.workspace.spark.limits import Limits
from orchestrator.workspace.spark.profile import Stage
from orchestrator.workspace.spark.samples import Sample

_ERRORS = 3
_OPERATORS = 24
_LOCALITIES = 12
_RAISED = re.compile(r"[A-Za-z_][\w.]{0,100}(?:Error|Exception|Exit|Interrupt|Warning)\b")


@dataclass(slots=True, kw_only=True)
class Owner:
    """The job and the SQL execution that a stage runs for."""

    job: int
    execution: int | None


@dataclass(slots=True)
class _Open:
    """A stage whose tasks are still coming."""

    cap: int
    run_time: Sample = field(init=False)
    shuffle_read: Sample = field(init=False)
    shuffle_write: Sample = field(init=False)
    input_bytes: Sample = field(init=False)
    records_read: Sample = field(init=False)
    gc_time: int = 0
    cpu_time: int = 0
    fetch_wait: int = 0
    memory_spilled: int = 0
    disk_spilled: int = 0
    output_bytes: int = 0
    output_records: int = 0
    failed: int = 0
    killed: int = 0
    lost_time: int = 0
    speculative: int = 0
    localities: Counter[str] = field(default_factory=Counter)
    errors: dict[str, None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.run_time, self.shuffle_read, self.shuffle_write = Sample(self.cap), Sample(self.cap), Sample(self.cap)
        self.input_bytes, self.records_read = Sample(self.cap), Sample(self.cap)

    def add(self, event: Event) -> None:
        """Count one ended task."""
        info, reason = record(event, "Task Info"), record(event, "Task End Reason")
        self.speculative += flag(info, "Speculative")
        locality = text(info, "Locality", most=30)
        if locality in self.localities or len(self.localities) < _LOCALITIES:
            self.localities[locality] += 1
        metrics = record(event, "Task Metrics")
        match text(reason, "Reason"):
            case "Success":
                self._succeeded(metrics)
                return
            case "TaskKilled":
                self.killed += 1
            case other:
                self.failed += 1
                self._note(other, reason)
        self.lost_time += number(metrics, "Executor Run Time")

    def _note(self, kind: str, reason: Event) -> None:
        if len(self.errors) >= _ERRORS:
            return
        told = text(reason, "Description", most=20_000) or text(reason, "Loss Reason") or text(reason, "Message")
        self.errors[f"{text(reason, 'Class Name', most=120) or kind}: {_gist(told)}"[:300]] = None

    def _succeeded(self, metrics: Event) -> None:
        read, write = record(metrics, "Shuffle Read Metrics"), record(metrics, "Shuffle Write Metrics")
        taken, given = record(metrics, "Input Metrics"), record(metrics, "Output Metrics")
        self.run_time.add(number(metrics, "Executor Run Time"))
        self.shuffle_read.add(number(read, "Remote Bytes Read") + number(read, "Local Bytes Read"))
        self.shuffle_write.add(number(write, "Shuffle Bytes Written"))
        self.input_bytes.add(number(taken, "Bytes Read"))
        self.records_read.add(number(taken, "Records Read") + number(read, "Total Records Read"))
        self.gc_time += number(metrics, "JVM GC Time")
        self.cpu_time += number(metrics, "Executor CPU Time") // 1_000_000
        self.fetch_wait += number(read, "Fetch Wait Time")
        self.memory_spilled += number(metrics, "Memory Bytes Spilled")
        self.disk_spilled += number(metrics, "Disk Bytes Spilled")
        self.output_bytes += number(given, "Bytes Written")
        self.output_records += number(given, "Records Written")


def _gist(description: str) -> str:
    """The first line of an error; of a Python trace, which says what was raised at its end, the last such line."""
    lines = [line.strip() for line in description.splitlines() if line.strip()]
    raised = [line for line in lines[1:] if _RAISED.match(line)] if "Traceback (" in description else []
    return (raised or lines or [""])[-1 if raised else 0][:200]


class Stages:
    """Every stage of a log; the ones with the least run time are let go past the limit."""

    def __init__(self, limits: Limits) -> None:
        self.late_tasks = 0
        self.done: Largest[Stage] = Largest(limits.stages, lambda stage: stage.run_time.total)
        self._limits = limits
        self._open: dict[tuple[int, int], _Open] = {}
        self._owners: dict[int, Owner] = {}
        self._finished: dict[tuple[int, int], None] = {}

    def own(self, stages: tuple[int, ...], owner: Owner) -> None:
        """Remember for which job stages run; a stage belongs to the first job that names it."""
        for stage in stages:
            if len(self._owners) < self._limits.accumulators:
                self._owners.setdefault(stage, owner)

    def owner(self, stage: int) -> Owner | None:
        """For which job a stage runs."""
        return self._owners.get(stage)

    def release(self, stages: tuple[int, ...]) -> None:
        """Forget the owners of a finished job's stages."""
        for stage in stages:
            self._owners.pop(stage, None)

    def task_ended(self, event: Event) -> None:
        """Count a task; one that ends after its stage, as a killed copy does, is only counted as late."""
        key = number(event, "Stage ID"), number(event, "Stage Attempt ID")
        if key in self._finished:
            self.late_tasks += 1
            return
        found = self._open.get(key)
        if found is None:
            found = self._begin(key)
        found.add(event)

    def completed(self, event: Event) -> None:
        """Fold a stage into its numbers."""
        info = record(event, "Stage Info")
        key = number(info, "Stage ID"), number(info, "Stage Attempt ID")
        self._fold(key, self._open.pop(key, _Open(0)), info)
        self._finished[key] = None
        if len(self._finished) > self._limits.open_stages:
            del self._finished[next(iter(self._finished))]

    def finish(self) -> None:
        """Fold what never completed: the log ends before it."""
        for key in list(self._open):
            self._fold(key, self._open.pop(key), {})

    def _begin(self, key: tuple[int, int]) -> _Open:
        if len(self._open) >= self._limits.open_stages:
            oldest = next(iter(self._open))
            self._fold(oldest, self._open.pop(oldest), {})
        self._open[key] = found = _Open(self._limits.samples)
        return found

    def _fold(self, key: tuple[int, int], tasks: _Open, info: Event) -> None:
        owner = self._owners.get(key[0])
        run_time = tasks.run_time.spread()
        self.done.add(
            Stage(
                id=key[0],
                attempt=key[1],
                name=text(info, "Stage Name", most=200),
                job=owner.job if owner else None,
                execution=owner.execution if owner else None,
                operators=_operators(info),
                tasks=number(info, "Number of Tasks") or run_time.count + tasks.failed + tasks.killed,
                submitted=optional_number(info, "Submission Time"),
                completed=optional_number(info, "Completion Time"),
                failure=_gist(text(info, "Failure Reason", most=2_000)),
                run_time=run_time,
                shuffle_read=tasks.shuffle_read.spread(),
                shuffle_write=tasks.shuffle_write.spread(),
                input_bytes=tasks.input_bytes.spread(),
                records_read=tasks.records_read.spread(),
                gc_time=tasks.gc_time,
                cpu_time=tasks.cpu_time,
                fetch_wait=tasks.fetch_wait,
                memory_spilled=tasks.memory_spilled,
                disk_spilled=tasks.disk_spilled,
                output_bytes=tasks.output_bytes,
                output_records=tasks.output_records,
                failed=tasks.failed,
                killed=tasks.killed,
                lost_time=tasks.lost_time,
                speculative=tasks.speculative,
                localities=tuple(tasks.localities.most_common()),
                errors=tuple(tasks.errors),
            )
        )


def _operators(info: Event) -> tuple[str, ...]:
    names: dict[str, None] = {}
    for rdd in records(info, "RDD Info"):
        scope = text(rdd, "Scope")
        name = scope.partition('"name":"')[2].rpartition('"')[0]
        if name and len(names) < _OPERATORS:
            names[name] = None
    return tuple(names)
