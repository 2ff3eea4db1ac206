"""The one owner of retries and of slots: what is passing is tried again, within bounds.

A slot is held while a request is under way, and by nobody who waits: for a pause to end, or for room in the budget.
"""

from __future__ import annotations

import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace

import anyio
import tenacity

from orchestrator.models.conversation import Again, Began, Reply, UnansweredError, Usage, freely


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How often and how long to try; all in seconds, the first pause doubles up to the `longest`.

    A retry-after is obeyed up to the `longest`. No attempt begins once the pauses come to more than `pauses` in all, or
    when more than `total` would have passed since the first one. An address that nobody has reached yet is tried
    `unmet` times in at most `unmet_total`: it is more likely wrong than down.
    """

    attempts: int = 6
    first: float = 0.5
    longest: float = 30.0
    pauses: float = 120.0
    total: float = 900.0
    unmet: int = 3
    unmet_total: float = 4.0


@dataclass(slots=True, kw_only=True)
class Progress:
    """One call over all its attempts: tells once that an answer has begun, and adds up what broken ones cost.

    `unbooked` is what the last attempt came to, if it had begun and broke.
    """

    began: Began
    attempts: int = 0
    wasted: Usage | None = None
    unbooked: Usage | None = None
    _told: bool = False
    _open: Usage | None = None

    def begin(self, usage: Usage) -> None:
        """An attempt has begun to answer; so much has been counted of it."""
        self._open = usage
        if not self._told:
            self._told = True
            self.began()

    def grow(self, output_tokens: int) -> None:
        """The answer that has begun has come to at least so many tokens."""
        if self._open is not None:
            self._open = replace(self._open, output_tokens=max(self._open.output_tokens, output_tokens))

    def end(self, *, broken: bool) -> None:
        """The attempt is over."""
        if broken and self._open is not None:
            self.wasted = (self.wasted or Usage()) + self._open
            self.unbooked = self._open
        self._open = None

    def take_unbooked(self) -> Usage | None:
        """What is to be booked before the next attempt; it is given once."""
        unbooked, self.unbooked = self.unbooked, None
        return unbooked


Attempt = Callable[[Progress], Awaitable[Reply]]
"""One request, sent once."""


@dataclass(slots=True)
class Reach:
    """Whether anybody has ever been reached; `refusal` is why not, once a call has given up."""

    met: bool = False
    refusal: UnansweredError | None = None

    def learn(self, error: BaseException | None) -> None:
        """Take how an attempt ended: every answer, bad ones too, is somebody's."""
        if error is None or (isinstance(error, UnansweredError) and not error.unreachable):
            self.met, self.refusal = True, None


@dataclass(frozen=True, slots=True, kw_only=True)
class Retries:
    """Tries again what is transient; `slots` is held during an attempt only.

    Where one call has given up because nobody was ever reached, the others do not try on their own.
    """

    slots: anyio.Semaphore
    patience: Patience = field(default_factory=Patience)
    sleep: Callable[[float], Awaitable[None]] = anyio.sleep
    clock: Callable[[], float] = time.monotonic
    chance: Callable[[], float] = random.random
    """Between 0 and 1: spreads calls that were refused together."""
    reach: Reach = field(default_factory=Reach)

    async def run(self, attempt: Attempt, began: Began, again: Again = freely) -> Reply:
        """The first answer; its seconds are those of the whole call, pauses among them.

        `again` is asked before an attempt that had begun is repeated; what it raises ends the call.

        Raises:
            UnansweredError: what went wrong is not passing, or went on for too long.
        """
        started = self.clock()
        progress = Progress(began=began)
        retrying = tenacity.AsyncRetrying(
            sleep=self.sleep,
            retry=tenacity.retry_if_exception(_is_transient),
            wait=self._pause,
            stop=lambda state: self._is_over(state, started),
            reraise=True,
        )
        try:
            reply: Reply = await retrying(self._once, attempt, progress, again)
        except UnansweredError as error:
            raise self._for_good(error, progress, self.clock() - started) from error
        return replace(
            reply,
            attempts=progress.attempts,
            wasted=progress.wasted or Usage(),
            seconds=self.clock() - started,
        )

    async def _once(self, attempt: Attempt, progress: Progress, again: Again) -> Reply:
        wasted = progress.take_unbooked()
        if wasted is not None:
            await again(wasted)
        async with self.slots:
            return await self._in_slot(attempt, progress)

    async def _in_slot(self, attempt: Attempt, progress: Progress) -> Reply:
        if self.reach.refusal is not None:
            raise self.reach.refusal
        progress.attempts += 1
        try:
            reply = await attempt(progress)
        except BaseException as error:
            progress.end(broken=True)
            self.reach.learn(error)
            raise
        progress.end(broken=False)
        self.reach.learn(None)
        return reply

    def _pause(self, state: tenacity.RetryCallState) -> float:
        asked = _error(state).retry_after
        if asked is not None:
            return min(max(asked, 0.0) * (1 + self.chance() / 10), self.patience.longest)
        pause = self.patience.first * 2.0 ** (state.attempt_number - 1)
        return min(pause, self.patience.longest) * (1 - self.chance() / 4)

    def _is_over(self, state: tenacity.RetryCallState, started: float) -> bool:
        patience, pause = self.patience, state.upcoming_sleep
        is_unmet = _error(state).unreachable and not self.reach.met
        attempts = min(patience.unmet, patience.attempts) if is_unmet else patience.attempts
        total = min(patience.unmet_total, patience.total) if is_unmet else patience.total
        return (
            (is_unmet and self.reach.refusal is not None)
            or state.attempt_number >= attempts
            or state.idle_for + pause > patience.pauses
            or self.clock() - started + pause > total
        )

    def _for_good(self, error: UnansweredError, progress: Progress, seconds: float) -> UnansweredError:
        said = str(error)
        if error.transient and error is not self.reach.refusal:
            said = f"{said} (tried {_times(progress.attempts)} in {seconds:.0f} s; a later run may succeed)"
        final = UnansweredError(
            said,
            transient=error.transient,
            unreachable=error.unreachable,
            retry_after=error.retry_after,
            usage=progress.wasted,
            attempts=progress.attempts,
        )
        if error.unreachable and not self.reach.met and self.reach.refusal is None:
            self.reach.refusal = final
        return final


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _is_transient(error: BaseException) -> bool:
    return isinstance(error, UnansweredError) and error.transient


def _error(state: tenacity.RetryCallState) -> UnansweredError:
    found = state.outcome.exception() if state.outcome is not None else None
    return found if isinstance(found, UnansweredError) else UnansweredError("")
