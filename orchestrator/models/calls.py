"""Every call of a run goes through here: kept answers first, then the primer, the budget, the model, and the log.

A call waits for its turn in the cohort first, then for room in the budget, then for one of the model's slots: who waits
for another call to begin or for room holds no slot, so that no two calls wait for each other. An attempt that had begun
and broke is booked, and room is made anew, before the model repeats it.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from decimal import Decimal

import anyio

from orchestrator.errors import IncompleteError, SpentError
from orchestrator.events import CallEnded, Event, Tell
from orchestrator.models import prices
from orchestrator.models.budget import Budget, Reservation
from orchestrator.models.cassettes.slots import calling
from orchestrator.models.conversation import Again, Ask, Began, Model, Reply, UnansweredError, Usage, nobody
from orchestrator.models.ledger import Flights, Ledger
from orchestrator.models.primer import Primer
from orchestrator.models.prompt_size import text_size
from orchestrator.models.wire import digest, prefix_digest
from orchestrator.types import Spending


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
    ) -> None:
        self._model = model
        self._ledger = ledger
        self._budget = budget or Budget()
        self._primer = primer or Primer()
        self._tell = tell
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

    def forget(self, ask: Ask) -> None:
        """Ask again when the same is asked: its answer was whole, and of no use."""
        if self._ledger is not None:
            self._ledger.forget(digest(ask))

    def spending(self, who: str | None = None, *, part: str | None = None) -> Spending:
        """What was spent, by one caller or by all, in one part of the run or in all."""
        chosen = (spent for key, spent in self._spent.items() if who in {None, key[0]} and part in {None, key[1]})
        return sum(chosen, Spending())

    async def _in_time(self, call: _Call) -> Reply:
        """The answer before the deadline.

        Raises:
            SpentError: the deadline came first.
        """
        left = self._budget.seconds_left()
        if left != 0:
            with anyio.move_on_after(left):
                return await self._in_turn(call)
        raise SpentError(
            f"--deadline {self._budget.limits.seconds:g} was over before turn {call.caller.turn} of {call.caller.who} "
            "was answered; --resume with a later deadline goes on from here"
        )

    async def _in_turn(self, call: _Call) -> Reply:
        """The answer when the cohort and the budget let it."""
        prefix = prefix_digest(call.ask)
        if not _is_cacheable(call.ask):
            return await self._with_room(call, prefix, nobody)
        async with self._primer.turn(prefix) as began:
            return await self._with_room(call, prefix, began)

    async def _with_room(self, call: _Call, prefix: str, began: Began) -> Reply:
        call.room = await self._budget.reserve(call.ask, who=call.caller.who, prefix=prefix)
        most = call.room.max_tokens
        ask = call.ask if most == call.ask.max_tokens else replace(call.ask, max_tokens=most)

        async def again(wasted: Usage) -> None:
            self._settle(call, wasted)
            call.repeated += wasted
            call.room = await self._budget.reserve(ask, who=call.caller.who, prefix=prefix, whole=True)

        return await self._paid(call, ask, began, again)

    async def _paid(self, call: _Call, ask: Ask, began: Began, again: Again) -> Reply:
        """The answer of the model, booked, kept and told; so is what went wrong."""

        def first_byte() -> None:
            call.began = True
            began()

        call.started = time.monotonic()
        try:
            with calling(call.caller):
                reply = await self._model.reply(ask, first_byte, again)
        except IncompleteError as error:
            call.fail(error)
            raise
        else:
            self._book(call, reply)
            return reply
        finally:
            if not call.booked:
                self._book_failure(call)

    def _settle(self, call: _Call, usage: Usage, *, wasted: Usage | None = None) -> None:
        """Book into the room that the call has now, which is then no longer its own."""
        room, call.room = call.room, None
        if room is not None:
            self._budget.settle(room, usage, wasted=wasted)

    def _book(self, call: _Call, reply: Reply) -> None:
        call.booked = True
        self._settle(call, reply.usage, wasted=reply.wasted - call.repeated)
        if self._ledger is not None:
            self._ledger.keep(call.digest, reply)
        usd = _sum(prices.cost(call.ask.model, reply.usage), prices.cost(call.ask.model, reply.wasted))
        paid = replace(reply, usage=reply.usage + reply.wasted)
        self._add(call.caller, _spending(paid.usage, usd, reply.seconds))
        call.problem = ""
        self._tell(_ended(call, paid, usd))

    def _book_failure(self, call: _Call) -> None:
        """Book a call without an answer: what the model says it came to, or nothing where it never began.

        One that broke off without a count is booked at the most that it can have come to.
        """
        call.booked = True
        usage, seconds = call.usage or call.repeated, time.monotonic() - call.started
        usd = prices.cost(call.ask.model, usage)
        if call.usage is not None:
            self._settle(call, Usage(), wasted=usage - call.repeated)
        elif call.room is not None and call.began:
            self._budget.forfeit(call.room)
            # In the log as in the budget: a resumed run reads from it what was spent.
            output = call.room.max_tokens
            usage += Usage(input_tokens=call.room.tokens - output, output_tokens=output)
            usd = None if usd is None else usd + call.room.usd
        elif call.room is not None:
            self._budget.release(call.room)
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
                part=call.caller.part,
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
    """One call on its way: the room that it has now, and what its repeated attempts came to, which is booked."""

    ask: Ask
    caller: Caller
    digest: str
    began: bool = False
    booked: bool = False
    started: float = 0.0
    room: Reservation | None = None
    usage: Usage | None = None
    repeated: Usage = field(default_factory=Usage)
    attempts: int = 1
    problem: str = "it was stopped before it was answered"

    def fail(self, error: IncompleteError) -> None:
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
        part=call.caller.part,
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
