"""The budget of a run: room is reserved before each call for the most that it can cost, and settled when it has ended.

Reservations of calls in flight add up. A call that does not fit beside them waits until one of them is settled, which
frees most of what it had reserved; a call that would not fit alone gets a lower `max_tokens`, down to a floor, and
below that the run has spent its limit.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

import anyio

from orchestrator.errors import SpentError
from orchestrator.models import prices
from orchestrator.models.conversation import Ask, Usage
from orchestrator.models.prices import ModelFacts, Rates
from orchestrator.models.prompt_size import PromptSizes

FLOOR = 2_048
"""Output tokens below which an answer is not worth asking for; a request that wants fewer has its own floor."""
_FREE = Rates(input=Decimal(0), output=Decimal(0))


@dataclass(frozen=True, slots=True, kw_only=True)
class SpendingLimits:
    """What a run may spend: USD, tokens in and out, seconds of wall clock; None for no limit."""

    usd: Decimal | None = None
    tokens: int | None = None
    seconds: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Reservation:
    """Room for one call: `max_tokens` is what it may ask for, `usd` and `tokens` the most that it can come to."""

    ask: Ask
    who: str
    prefix: str
    max_tokens: int
    tokens: int
    usd: Decimal


class Budget:
    """What a run has spent and reserved of its limits; `clock` counts seconds and starts with the budget.

    `spent` is what the run had spent before it was resumed: USD and tokens.
    """

    def __init__(
        self,
        limits: SpendingLimits | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
        spent: tuple[Decimal, int] | None = None,
    ) -> None:
        self.limits = limits or SpendingLimits()
        self._clock = clock
        self._started = clock()
        self._sizes = PromptSizes()
        self._usd, self._tokens = spent or (Decimal(0), 0)
        self._held: set[Reservation] = set()
        self._changed: anyio.Event | None = None

    async def reserve(self, ask: Ask, *, who: str, prefix: str, whole: bool = False) -> Reservation:
        """Room for a call, as soon as there is some; a `whole` one gets all output tokens that it asks for, or none.

        Raises:
            SpentError: a limit leaves too little room even when all calls in flight have ended.
            ModelSetupError: there is a limit of money, and the price of the model is unknown.
        """
        floor = ask.max_tokens if whole else min(FLOOR, ask.max_tokens)
        while True:
            wanted = self._wanted(ask, who=who, prefix=prefix)
            if self._room(wanted, held=True) >= ask.max_tokens:
                return self._hold(wanted, ask.max_tokens)
            alone = self._room(wanted, held=False)
            if alone < floor:
                raise SpentError(self._refusal(wanted, floor))
            if not self._held:
                return self._hold(wanted, alone)
            await self._settled()

    def settle(self, reservation: Reservation, usage: Usage, *, wasted: Usage | None = None) -> None:
        """Book what a call came to, and what its broken attempts did, and give back the rest of its room."""
        self._sizes.learn(reservation.ask, usage, who=reservation.who, prefix=reservation.prefix)
        known = prices.facts(reservation.ask.model)
        all_attempts = (usage, wasted or Usage())
        usd = Decimal(0) if known is None else sum((known.cost(each) for each in all_attempts), Decimal(0))
        self._book(reservation, sum(each.tokens for each in all_attempts), usd)

    def forfeit(self, reservation: Reservation) -> None:
        """Book all of a reservation: its call broke off after it had begun, and nobody said what it came to."""
        self._book(reservation, reservation.tokens, reservation.usd)

    def release(self, reservation: Reservation) -> None:
        """Give back all of a reservation: its call never began."""
        self._book(reservation, 0, Decimal(0))

    def seconds_left(self) -> float | None:
        """Seconds until the deadline, never below 0; None where there is none."""
        if self.limits.seconds is None:
            return None
        return max(0.0, self._started + self.limits.seconds - self._clock())

    @property
    def spent(self) -> tuple[Decimal, int]:
        """USD and tokens that count against the limits."""
        return self._usd, self._tokens

    def _wanted(self, ask: Ask, *, who: str, prefix: str) -> _Wanted:
        known: ModelFacts | None
        known = prices.facts(ask.model) if self.limits.usd is None else prices.priced(ask.model)
        prompt = self._sizes.bound(ask, who=who, prefix=prefix)
        rates = _FREE if known is None else known.dearest(prompt)
        return _Wanted(ask=ask, who=who, prefix=prefix, prompt=prompt, rates=rates)

    def _room(self, wanted: _Wanted, *, held: bool) -> int:
        """The output tokens that the limits leave room for; `held` counts what calls in flight have reserved."""
        reserved = self._held if held else set()
        rooms = [wanted.ask.max_tokens]
        if self.limits.tokens is not None:
            rooms.append(self.limits.tokens - self._tokens - sum(each.tokens for each in reserved) - wanted.prompt)
        if self.limits.usd is not None and wanted.rates.output > 0:
            left = self.limits.usd - self._usd - sum((each.usd for each in reserved), Decimal(0))
            rooms.append(int((left - wanted.cost(0)) / wanted.rates.output))
        return min(rooms)

    def _hold(self, wanted: _Wanted, max_tokens: int) -> Reservation:
        reservation = Reservation(
            ask=wanted.ask,
            who=wanted.who,
            prefix=wanted.prefix,
            max_tokens=max_tokens,
            tokens=wanted.prompt + max_tokens,
            usd=wanted.cost(max_tokens),
        )
        self._held.add(reservation)
        return reservation

    def _book(self, reservation: Reservation, tokens: int, usd: Decimal) -> None:
        if reservation not in self._held:
            return
        self._held.discard(reservation)
        self._tokens += tokens
        self._usd += usd
        changed, self._changed = self._changed, None
        if changed is not None:
            changed.set()

    async def _settled(self) -> None:
        if self._changed is None:
            self._changed = anyio.Event()
        await self._changed.wait()

    def _refusal(self, wanted: _Wanted, floor: int) -> str:
        """One sentence: which limit, what is spent, what was wanted."""
        tokens = self.limits.tokens
        if tokens is not None and tokens - self._tokens - wanted.prompt < floor:
            return (
                f"--max-tokens {tokens} leaves no room for the next call of {wanted.who}: {self._tokens} are spent "
                f"and it may take {wanted.prompt + floor}; --resume with a higher limit goes on from here"
            )
        return (
            f"--max-usd {self.limits.usd} leaves no room for the next call of {wanted.who}: {self._usd:.4f} are spent "
            f"and it may cost {wanted.cost(floor):.4f}; --resume with a higher limit goes on from here"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    ask: Ask
    who: str
    prefix: str
    prompt: int
    rates: Rates

    def cost(self, output: int) -> Decimal:
        return self.prompt * self.rates.input + output * self.rates.output
