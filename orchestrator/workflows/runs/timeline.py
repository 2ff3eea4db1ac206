"""The log of a run in words: one line an event, each with the seconds since the run began."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import assert_never

from orchestrator.code.visible import visible
from orchestrator.events import (
    CallEnded,
    Event,
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


def timeline(events: Iterable[Event], since: dt.datetime) -> Iterator[str]:
    """A line for each event, with what acts on a terminal spelled out."""
    for event in events:
        seconds = (event.at - since).total_seconds()
        yield f"{seconds:9.2f} s  {visible(' '.join(words(event).split()))}"


def words(event: Event) -> str:
    """An event in words."""
    match event:
        case CallEnded():
            return _call(event)
        case ToolCalled():
            outcome = event.problem or f"{event.characters:,} characters"
            return f"{event.who} turn {event.turn}: {event.tool}, {event.seconds:.2f} s, {outcome}"
        case SpecialistStarted():
            return f"{event.who} is asked about {_count(event.files, 'file')}"
        case SpecialistEnded():
            return _specialist(event)
        case Judged():
            return f"refuter: finding {event.finding} {event.verdict}{_because(event.reason)}"
        case _:
            return _step(event)


def _step(event: RunStarted | StepStarted | StepEnded | Warned | RunEnded) -> str:
    match event:
        case RunStarted():
            return f"{'resumed' if event.resumed else 'started'}: {event.project} with {event.model}"
        case StepStarted():
            return f"{event.step} begins{_because(event.detail)}"
        case StepEnded():
            return f"{event.step} ended in {event.seconds:.2f} s{_because(event.detail)}"
        case Warned():
            return f"note: {event.text}"
        case RunEnded():
            found = _count(event.findings, "finding")
            return f"ended {event.outcome} in {event.seconds:.2f} s: {found}, {_usd(event.usd)}"
        case _:
            assert_never(event)


def _call(event: CallEnded) -> str:
    who = f"{event.who} turn {event.turn}"
    if event.problem:
        return f"{who}: no answer after {_count(event.attempts, 'attempt')} in {event.seconds:.2f} s: {event.problem}"
    if event.kept:
        return f"{who}: kept from an earlier call, {event.stop}"
    into = event.input_tokens + event.cache_read_tokens + event.cache_write_tokens
    tokens = f"{into:,} tokens in ({event.cache_read_tokens:,} from the cache), {event.output_tokens:,} out"
    tries = f", {event.attempts} attempts" if event.attempts > 1 else ""
    return f"{who}: {event.stop} after {event.seconds:.2f} s, {tokens}, {_usd(event.usd)}{tries}"


def _specialist(event: SpecialistEnded) -> str:
    if event.problem:
        return f"{event.who} gave no answer: {event.problem}"
    how = "its answer to the same is reused" if event.reused else f"answered in turn {event.turns}"
    return f"{event.who}: {how}, {len(event.text):,} characters"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _because(text: str) -> str:
    return f": {text}" if text else ""


def _usd(usd: float | None) -> str:
    return "price unknown" if usd is None else f"${usd:.4f}"
