"""What a run cost, from its log: over all the processes that worked on it."""

from __future__ import annotations

from collections.abc import Iterable

from orchestrator.events import CallEnded, Event
from orchestrator.types import Spending


def spending_of(events: Iterable[Event], who: str | None = None) -> Spending:
    """What was paid, by one caller or by all.

    A call that this run paid and whose answer it took again after it was resumed counts once, as paid.
    """
    calls = [event for event in events if isinstance(event, CallEnded) and who in {None, event.who}]
    paid = {call.digest for call in calls if not call.kept}
    spent = sum((_paid(call) for call in calls if not call.kept), Spending())
    kept = {call.digest for call in calls if call.kept} - paid
    return spent + Spending(kept=len(kept))


def answered_by(events: Iterable[Event], model: str) -> tuple[str, ...]:
    """The models that the answers name, where they are not the one that was asked, or a dated form of it."""
    asked = model.rpartition("/")[2]
    names = {event.model for event in events if isinstance(event, CallEnded) and event.stop}
    return tuple(sorted(name for name in names if name and not name.startswith(asked) and not model.startswith(name)))


def _paid(call: CallEnded) -> Spending:
    used = call.input_tokens + call.output_tokens + call.cache_read_tokens + call.cache_write_tokens
    return Spending(
        calls=1,
        input_tokens=call.input_tokens,
        output_tokens=call.output_tokens,
        cache_read_tokens=call.cache_read_tokens,
        cache_write_tokens=call.cache_write_tokens,
        # A call without an answer has no price, and costs nothing that we know of.
        usd=call.usd if used else call.usd or 0.0,
        seconds=call.seconds,
    )
