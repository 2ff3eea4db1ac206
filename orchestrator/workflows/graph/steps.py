"""Tells of each step of a graph: when it begins, how long it took, and what came of it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from orchestrator.events import StepEnded, StepStarted, Tell


@dataclass(slots=True)
class Step:
    """A step at work; `detail` is what is told of it at its end."""

    name: str
    detail: str = ""


@contextmanager
def step(tell: Tell, name: str, detail: str = "") -> Iterator[Step]:
    """Tell of the beginning, and of the end unless the step fails."""
    tell(StepStarted(step=name, detail=detail))
    started = time.perf_counter()
    at_work = Step(name)
    yield at_work
    tell(StepEnded(step=name, seconds=time.perf_counter() - started, detail=at_work.detail))
