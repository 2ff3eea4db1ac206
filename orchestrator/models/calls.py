"""Every call of a run goes through here: kept answers first, then the primer, the budget, the model, and the log.

A call waits for its turn in the cohort first, then for a slot, then for room in the budget: who waits for another call
to begin holds neither a slot nor room, so that no two calls wait for each other.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from decimal import Decimal

import anyio

from orchestrator.errors import ModelError, SpentError
from orchestrator.events import CallEnded, Event, Tell
from orchestrator.models import prices
from orchestrator.models.budget import Budget, Reservation
from orchestrator.models.cassettes.slots import calling
from orchestrator.models.conversation import Ask, Began, Model, Reply, UnansweredError, Usage, nobody
from orchestrator.models.ledger import Flights, Ledger
from orchestrator.models.primer import Primer
from orchestrator.models.prompt_size import text_size
from orchestrator.models.wire import digest, prefix_digest
from orchestrator.types import Spending

CONCURRENCY = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who asks, and in which of its turns, counted from 1; `part` tells specialists from the refuter."""

    who: str
    turn: int
    part: str = "specialist"


def untold(_event: Event) -> None:
    """Tells nobody."""


class Calls:
    """The one door to a model in a run; only the owner of the ledger closes it."""

    def __init__(
        self,
        model: Model,
        *,
        ledger: Ledger | None = None,
        budget: Budget | None = None,
        primer: Primer | None = None,
        tell: Tell = untold,
        concurrency: int = CONCURRENCY,
    ) -> None:
        self._model = model
        self._ledger = ledger
        self._budget = budget or Budget()
        self._primer = primer or Primer()
        self._tell = tell
        self._slots = anyio.Semaphore(concurrency)
        self._flights = Flights()
        self._spent: dict[tuple[str, str], Spending] = {}

    async def reply(self, ask: Ask, caller: Caller) -> Reply:
        """The answer, from an equal call that had ended, or paid now.

        Raises:
            ModelError: the model gave no answer, for good.
            SpentError: a limit of money, tokens or time leaves no room for this call.
            ModelSetupError: there is a limit of money, and the price of the model is unknown.
        """
        call = _Call(ask=ask, caller=caller, digest=digest(ask))
        reply = self._ledger.find(call.digest) if self._ledger is not None else None
        if reply is None:
            reply = await self._flights.reply(call.digest, lambda: self._in_time(call))
        if reply.kept:
            self._book_kept(call, reply)
        return reply

    def spending(self, who: str | None = None, *, part: str | None = None) -> Spending:
        """What was spent, by one caller or by all, in one part of the run or in all."""
        chosen = (spent for key, spent in self._spent.items() if who in {None, key[0]} and part in {None, key[1]})
        return sum(chosen, Spending())

    async def _in_time(self, call: _Call) -> Reply:
        """The answer before the deadline.

        Raises:
            SpentError: the deadline came first.
        """
        with anyio.move_on_after(self._budget.seconds_left()):
            return await self._in_turn(call)
        raise SpentError(
            f"--deadline {self._budget.limits.seconds:g} was over before turn {call.caller.turn} of {call.caller.who} "
            "was answered; --resume with a later deadline goes on from here"
        )

    async def _in_turn(self, call: _Call) -> Reply:
        """The answer when the cohort, the slots and the budget let it."""
        prefix = prefix_digest(call.ask)
        if not _is_cacheable(call.ask):
            return await self._in_slot(call, prefix, nobody)
        async with self._primer.turn(prefix) as began:
            return await self._in_slot(call, prefix, began)

    async def _in_slot(self, call: _Call, prefix: str, began: Began) -> Reply:
        async with self._slots:
            room = await self._budget.reserve(call.ask, who=call.caller.who, prefix=prefix)
            return await self._paid(call, room, began)

    async def _paid(self, call: _Call, room: Reservation, began: Began) -> Reply:
        """The answer of the model, booked, kept and told; so is what went wrong."""
        ask = call.ask if room.max_tokens == call.ask.max_tokens else replace(call.ask, max_tokens=room.max_tokens)

        def first_byte() -> None:
            call.began = True
            began()

        call.started = time.monotonic()
        try:
            with calling(call.caller):
                reply = await self._model.reply(ask, first_byte)
        except ModelError as error:
            call.fail(error)
            raise
        else:
            self._book(call, room, reply)
            return reply
        finally:
            if not call.booked:
                self._book_failure(call, room)

    def _book(self, call: _Call, room: Reservation, reply: Reply) -> None:
        call.booked = True
        self._budget.settle(room, reply.usage, wasted=reply.wasted)
        if self._ledger is not None:
            self._ledger.keep(call.digest, reply)
        usd = _sum(prices.cost(call.ask.model, reply.usage), prices.cost(call.ask.model, reply.wasted))
        paid = replace(reply, usage=reply.usage + reply.wasted)
        self._add(call.caller, _spending(paid.usage, usd, reply.seconds))
        call.problem = ""
        self._tell(_ended(call, paid, usd))

    def _book_failure(self, call: _Call, room: Reservation) -> None:
        """Book a call without an answer: what the model says it came to, or nothing where it never began.

        One that broke off without a count is booked at the most that it can have come to.
        """
        call.booked = True
        usage, seconds = call.usage or Usage(), time.monotonic() - call.started
        usd = prices.cost(call.ask.model, usage)
        if call.usage is not None:
            self._budget.settle(room, Usage(), wasted=usage)
        elif call.began:
            self._budget.forfeit(room)
            usd = None if usd is None else room.usd
        else:
            self._budget.release(room)
        if call.began or call.usage is not None:
            self._add(call.caller, _spending(usage, usd, seconds))
        lost = Reply(
            id="", model=call.ask.model, blocks=(), stop="", usage=usage, seconds=seconds, attempts=call.attempts
        )
        self._tell(_ended(call, lost, usd))

    def _book_kept(self, call: _Call, reply: Reply) -> None:
        self._add(call.caller, Spending(kept=1))
        self._tell(
            CallEnded(
                who=call.caller.who,
                turn=call.caller.turn,
                digest=call.digest,
                kept=True,
                stop=reply.stop,
                model=reply.model,
                usd=0.0,
                attempts=0,
            )
        )

    def _add(self, caller: Caller, spending: Spending) -> None:
        key = (caller.who, caller.part)
        self._spent[key] = self._spent.get(key, Spending()) + spending


@dataclass(slots=True, kw_only=True)
class _Call:
    """One call on its way."""

    ask: Ask
    caller: Caller
    digest: str
    began: bool = False
    booked: bool = False
    started: float = 0.0
    usage: Usage | None = None
    attempts: int = 1
    problem: str = "it was stopped before it was answered"

    def fail(self, error: ModelError) -> None:
        """Take what a failure says, which may be what the broken attempts came to."""
        self.problem = str(error)
        if isinstance(error, UnansweredError):
            self.usage, self.attempts = error.usage, error.attempts


def _is_cacheable(ask: Ask) -> bool:
    """Whether the API may keep its prefix: a prefix that is too short for that primes nothing."""
    known = prices.facts(ask.model)
    shared = [text_size(block.text) for block in ask.system if block.shared]
    return bool(shared) and sum(shared) >= (known.cache_minimum if known is not None else 0)


def _sum(one: Decimal | None, other: Decimal | None) -> Decimal | None:
    return None if one is None or other is None else one + other


def _spending(usage: Usage, usd: Decimal | None, seconds: float) -> Spending:
    return Spending(
        calls=1,
        input_tokens=usage.input_tokens,
        output_tokens=usage.output_tokens,
        cache_read_tokens=usage.cache_read_tokens,
        cache_write_tokens=usage.cache_write_tokens + usage.cache_write_1h_tokens,
        usd=None if usd is None else float(usd),
        seconds=seconds,
    )


def _ended(call: _Call, reply: Reply, usd: Decimal | None) -> CallEnded:
    usage = reply.usage
    return CallEnded(
        who=call.caller.who,
        turn=call.caller.turn,
        digest=call.digest,
        stop=reply.stop,
        model=reply.model,
        input_tokens=usage.input_tokens,
        output_tokens=usage.output_tokens,
        cache_read_tokens=usage.cache_read_tokens,
        cache_write_tokens=usage.cache_write_tokens + usage.cache_write_1h_tokens,
        usd=None if usd is None else float(usd),
        seconds=reply.seconds,
        attempts=reply.attempts,
        problem=call.problem,
    )
