"""The one owner of retries: what is passing is tried again, within bounds, and a slot is free while it waits."""

from __future__ import annotations

import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace

import anyio
import tenacity

from orchestrator.models.conversation import Began, Reply, UnansweredError, Usage


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How often and how long to try; all in seconds, the first pause doubles up to the `longest`.

    A retry-after is obeyed up to the `longest`. No attempt begins once the pauses come to more than `pauses` in all, or
    when more than `total` would have passed since the first one.
    """

    attempts: int = 6
    first: float = 0.5
    longest: float = 30.0
    pauses: float = 120.0
    total: float = 900.0


@dataclass(slots=True, kw_only=True)
class Progress:
    """One call over all its attempts: tells once that an answer has begun, and adds up what broken ones cost."""

    began: Began
    wasted: Usage | None = None
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
        self._open = None


Attempt = Callable[[Progress], Awaitable[Reply]]
"""One request, sent once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Retries:
    """Tries again what is transient; `slots` is held during an attempt only."""

    slots: anyio.Semaphore
    patience: Patience = field(default_factory=Patience)
    sleep: Callable[[float], Awaitable[None]] = anyio.sleep
    clock: Callable[[], float] = time.monotonic
    chance: Callable[[], float] = random.random
    """Between 0 and 1: spreads calls that were refused together."""

    async def run(self, attempt: Attempt, began: Began) -> Reply:
        """The first answer; its seconds are those of the whole call, pauses among them.

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
            reply: Reply = await retrying(self._in_slot, attempt, progress)
        except UnansweredError as error:
            tries = int(retrying.statistics["attempt_number"])
            raise self._for_good(error, progress, tries, self.clock() - started) from error
        return replace(
            reply,
            attempts=int(retrying.statistics["attempt_number"]),
            wasted=progress.wasted or Usage(),
            seconds=self.clock() - started,
        )

    async def _in_slot(self, attempt: Attempt, progress: Progress) -> Reply:
        async with self.slots:
            try:
                reply = await attempt(progress)
            except BaseException:
                progress.end(broken=True)
                raise
        progress.end(broken=False)
        return reply

    def _pause(self, state: tenacity.RetryCallState) -> float:
        asked = _error(state).retry_after
        if asked is not None:
            return min(max(asked, 0.0) * (1 + self.chance() / 10), self.patience.longest)
        pause = self.patience.first * 2.0 ** (state.attempt_number - 1)
        return min(pause, self.patience.longest) * (1 - self.chance() / 4)

    def _is_over(self, state: tenacity.RetryCallState, started: float) -> bool:
        patience, pause = self.patience, state.upcoming_sleep
        return (
            state.attempt_number >= patience.attempts
            or state.idle_for + pause > patience.pauses
            or self.clock() - started + pause > patience.total
        )

    @staticmethod
    def _for_good(error: UnansweredError, progress: Progress, tries: int, seconds: float) -> UnansweredError:
        said = str(error)
        if error.transient:
            said = f"{said} (tried {tries} times in {seconds:.0f} s; a later run may succeed)"
        return UnansweredError(
            said,
            transient=error.transient,
            retry_after=error.retry_after,
            usage=progress.wasted,
            attempts=tries,
        )


def _is_transient(error: BaseException) -> bool:
    return isinstance(error, UnansweredError) and error.transient


def _error(state: tenacity.RetryCallState) -> UnansweredError:
    found = state.outcome.exception() if state.outcome is not None else None
    return found if isinstance(found, UnansweredError) else UnansweredError("")
