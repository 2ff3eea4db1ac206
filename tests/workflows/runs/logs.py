"""A run with a log, as a review would have left it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from orchestrator.events import (
    CallEnded,
    Event,
    EventLog,
    Judged,
    RunEnded,
    RunStarted,
    SpecialistEnded,
    SpecialistStarted,
    StepEnded,
    StepStarted,
    ToolCalled,
    Warned,
)
from orchestrator.workflows.runs.folder import Run, new_run
from orchestrator.workflows.runs.record import RunRecord, write_record

BEGAN = dt.datetime(2026, 11, 23, 7, 45, tzinfo=dt.UTC)


def at(seconds: float) -> dt.datetime:
    """That many seconds after the beginning."""
    return BEGAN + dt.timedelta(seconds=seconds)


def call(digest: str, *, who: str = "delta-specialist", turn: int = 1, kept: bool = False) -> CallEnded:
    """A call that was answered; one that was kept has no tokens."""
    known = CallEnded(at=at(9), who=who, turn=turn, digest=digest, kept=kept, stop="end_turn", seconds=2.0)
    paid = {"input_tokens": 100, "cache_read_tokens": 900, "output_tokens": 50, "usd": 0.25}
    return known if kept else known.model_copy(update=paid)


START = RunStarted(at=at(0), run="r", project="/p/customer-360", model="claude-x", version="1", digest="d")
END = RunEnded(at=at(12), outcome="complete", findings=3, calls=1, usd=0.25, seconds=12.0)
EVENTS: tuple[Event, ...] = (
    START,
    StepStarted(at=at(0), step="rules"),
    StepEnded(at=at(1), step="rules", seconds=1.0, detail="2 findings by 90 rules"),
    SpecialistStarted(at=at(2), who="delta-specialist", files=4),
    ToolCalled(at=at(5), who="delta-specialist", turn=1, tool="search_code", seconds=0.01, characters=300),
    call("a"),
    SpecialistEnded(at=at(9), who="delta-specialist", turns=1, text="an answer"),
    SpecialistEnded(at=at(9), who="sql-specialist", turns=0, problem="the model refused\x1b[2J"),
    Judged(at=at(10), finding="f1", verdict="refuted", reason="line 3 says so"),
    Warned(at=at(11), text="1 file changed"),
    END,
)


def logged_run(events: Iterable[Event] = EVENTS) -> Run:
    """A run with these events."""
    run = new_run(BEGAN)
    record = RunRecord(run=run.id, created=BEGAN, project="/p/customer-360", model="claude-x", version="1")
    write_record(run, record)
    log = EventLog(run.events)
    for event in events:
        log.tell(event)
    log.close()
    return run
