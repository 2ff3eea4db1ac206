"""Lets a system review many variants in several processes; what comes of it is the same as in one."""

from __future__ import annotations

import multiprocessing
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from types import FrameType
from typing import TypeAlias

from orchestrator.errors import OrchestratorError
from orchestrator.evaluate.runlog import Entry
from orchestrator.evaluate.system import Job, System

ALONE = 1.0
"""Seconds that one process reviews before others help: our rules are done with the whole suite by then."""
PATIENCE = 5.0
"""Seconds that a process has to remove its folders once it is told to end."""
Began: TypeAlias = Callable[[Job], None]
_Answer: TypeAlias = Entry | OrchestratorError


@dataclass(frozen=True, slots=True)
class _Worker:
    """A process that reviews the jobs whose numbers it is told, one after the other."""

    process: BaseProcess
    line: Connection


def entries_in_order(system: System, jobs: Sequence[Job], *, processes: int, began: Began) -> Iterator[Entry]:
    """What the system says of each job, in the order of the jobs, whatever the number of processes.

    Raises:
        OrchestratorError: what the first of the jobs that failed raised; or a process ended before it answered.
    """
    started = time.monotonic()
    for number, job in enumerate(jobs):
        # What the first reviews had to load is there for every process that parts from this one afterwards.
        if number and processes > 1 and time.monotonic() - started >= ALONE and _can_part():
            yield from _shared(system, jobs[number:], processes, began)
            return
        began(job)
        yield system.review(job)


def _can_part() -> bool:
    return "fork" in multiprocessing.get_all_start_methods()


def _shared(system: System, jobs: Sequence[Job], processes: int, began: Began) -> Iterator[Entry]:
    workers: list[_Worker] = []
    try:
        for _ in range(min(processes, len(jobs))):
            workers.append(_started(system, jobs, workers))
        yield from _dealt(workers, jobs, began)
    finally:
        _end(workers)


def _started(system: System, jobs: Sequence[Job], others: Sequence[_Worker]) -> _Worker:
    context = multiprocessing.get_context("fork")
    here, there = context.Pipe()
    not_its_own = (here, *(other.line for other in others))
    process = context.Process(target=_work, args=(there, not_its_own, system, jobs), daemon=True)
    process.start()
    there.close()
    return _Worker(process, here)


def _dealt(workers: Sequence[_Worker], jobs: Sequence[Job], began: Began) -> Iterator[Entry]:
    """Whoever is free gets the next job; answers that come early wait for their turn."""
    left = iter(enumerate(jobs))
    early: dict[int, _Answer] = {}
    for worker in workers:
        _deal(worker, left, began)
    for number in range(len(jobs)):
        while number not in early:
            for worker in _ready(workers):
                answered, answer = _heard(worker)
                early[answered] = answer
                _deal(worker, left, began)
        yield _entry(early.pop(number))


def _deal(worker: _Worker, left: Iterator[tuple[int, Job]], began: Began) -> None:
    number, job = next(left, (None, None))
    if job is None:
        return
    began(job)
    # One that has ended is told of where its answer is read.
    with suppress(BrokenPipeError):
        worker.line.send(number)


def _ready(workers: Sequence[_Worker]) -> list[_Worker]:
    lines = wait([worker.line for worker in workers])
    return [worker for worker in workers if worker.line in lines]


def _heard(worker: _Worker) -> tuple[int, _Answer]:
    try:
        number, answer = worker.line.recv()
    except (EOFError, ConnectionResetError) as error:
        raise OrchestratorError("a process that reviewed cases ended before it answered; try `--jobs 1`") from error
    return number, answer


def _entry(answer: _Answer) -> Entry:
    if isinstance(answer, OrchestratorError):
        raise answer
    return answer


def _end(workers: Sequence[_Worker]) -> None:
    for worker in workers:
        worker.line.close()
        worker.process.terminate()
    for worker in workers:
        worker.process.join(PATIENCE)
        if worker.process.is_alive():
            worker.process.kill()
            worker.process.join()


def _work(there: Connection, not_its_own: Sequence[Connection], system: System, jobs: Sequence[Job]) -> None:
    # Ctrl-C reaches every process of a terminal: the parent ends its children. A handler, for what is ignored would
    # be ignored by a linter that this process starts too.
    signal.signal(signal.SIGINT, _stay)
    signal.signal(signal.SIGTERM, _leave)
    # With another end open nobody would see that the parent is gone.
    for other in not_its_own:
        other.close()
    with suppress(EOFError, BrokenPipeError, ConnectionResetError):
        while True:
            number = there.recv()
            there.send((number, _answer(system, jobs[number])))


def _answer(system: System, job: Job) -> _Answer:
    try:
        return system.review(job)
    except OrchestratorError as error:
        return error


def _stay(signal_number: int, frame: FrameType | None) -> None:
    del signal_number, frame


def _leave(signal_number: int, frame: FrameType | None) -> None:
    """End by way of every `finally`, so that no folder is left."""
    del frame
    sys.exit(128 + signal_number)
