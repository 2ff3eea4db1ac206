"""One run in a line, and its specialists one by one: from its request, its lock and its log."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from orchestrator.errors import RunError
from orchestrator.events import CallEnded, Event, RunEnded, RunStarted, SpecialistEnded, ToolCalled, read_events
from orchestrator.types import Spending
from orchestrator.workflows.runs.folder import Run
from orchestrator.workflows.runs.lock import is_locked
from orchestrator.workflows.runs.record import RunRecord, read_record
from orchestrator.workflows.runs.spending import spending_of

Outcome = Literal["at work", "stopped", "complete", "incomplete"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What one caller of the model did in a run."""

    who: str
    turns: int
    tools: int
    spending: Spending
    problem: str = ""
    reused: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What became of a run; `seconds` is the time from its beginning to its last event, breaks included."""

    run: str
    created: dt.datetime
    project: str
    model: str
    outcome: Outcome
    findings: int | None
    spending: Spending
    seconds: float
    parts: tuple[Part, ...]


def summary(run: Run) -> Summary:
    """What became of a run.

    Raises:
        RunError: its request cannot be read.
    """
    record, events = read_record(run), events_of(run)
    ended = _end(events)
    return Summary(
        run=run.id,
        created=record.created,
        project=record.project,
        model=record.model,
        outcome=_outcome(run, ended),
        findings=ended.findings if ended else None,
        spending=spending_of(events),
        seconds=_seconds(record, events),
        parts=tuple(_parts(events)),
    )


def events_of(run: Run) -> tuple[Event, ...]:
    """The log of a run; empty where it has not begun to write one.

    Raises:
        RunError: it cannot be read.
    """
    try:
        return read_events(run.events)
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise RunError(f"the log of run {run.id} cannot be read ({error.strerror})") from error


def _end(events: tuple[Event, ...]) -> RunEnded | None:
    """The end of the last process that worked on it; None where that one did not come to its end."""
    ended: RunEnded | None = None
    for event in events:
        if isinstance(event, RunStarted):
            ended = None
        elif isinstance(event, RunEnded):
            ended = event
    return ended


def _outcome(run: Run, ended: RunEnded | None) -> Outcome:
    if is_locked(run.lock):
        return "at work"
    if ended is None:
        return "stopped"
    return "complete" if ended.outcome == "complete" else "incomplete"


def _seconds(record: RunRecord, events: tuple[Event, ...]) -> float:
    return max(0.0, (events[-1].at - record.created).total_seconds()) if events else 0.0


def _parts(events: tuple[Event, ...]) -> Iterable[Part]:
    """One for each caller; the refuter, who has a conversation for each finding, is one."""
    ended = {event.who: event for event in events if isinstance(event, SpecialistEnded)}
    calls = [event for event in events if isinstance(event, CallEnded)]
    tools = [_caller(event.who) for event in events if isinstance(event, ToolCalled)]
    for who in dict.fromkeys([*ended, *(_caller(call.who) for call in calls), *tools]):
        last = ended.get(who)
        mine = [call for call in calls if _caller(call.who) == who]
        yield Part(
            who=who,
            turns=last.turns if last else len({(call.who, call.turn) for call in mine}),
            tools=tools.count(who),
            spending=spending_of(mine),
            problem=last.problem if last else "",
            reused=last.reused if last else False,
        )


def _caller(who: str) -> str:
    return who.partition(" ")[0]
