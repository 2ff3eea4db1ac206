"""The primer: one call of a prefix first, the others when it has begun, and nobody waits for one that is gone."""

from __future__ import annotations

from collections.abc import Callable

import anyio
import pytest

from orchestrator.errors import ModelError
from orchestrator.models.primer import FRESH_SECONDS, Primer

pytestmark = pytest.mark.anyio


class Cohort:
    """Calls of a primer, each kept back until the test lets it go on."""

    def __init__(self, clock: Callable[[], float] = lambda: 0.0) -> None:
        self.primer = Primer(clock=clock)
        self.entered: list[str] = []
        self.scopes: dict[str, anyio.CancelScope] = {}
        self.begin: dict[str, anyio.Event] = {}
        self.end: dict[str, anyio.Event] = {}
        self.fails: set[str] = set()

    async def call(self, name: str, prefix: str = "p") -> None:
        """One call."""
        self.begin[name], self.end[name] = anyio.Event(), anyio.Event()
        with anyio.CancelScope() as self.scopes[name]:
            try:
                await self._turn(name, prefix)
            except ModelError:
                return

    async def _turn(self, name: str, prefix: str) -> None:
        async with self.primer.turn(prefix) as began:
            self.entered.append(name)
            await self.begin[name].wait()
            if name in self.fails:
                raise ModelError("it failed")
            began()
            await self.end[name].wait()

    def finish(self) -> None:
        """Let every call begin and end."""
        for event in [*self.begin.values(), *self.end.values()]:
            event.set()


async def test_others_start_when_the_first_has_begun() -> None:
    cohort = Cohort()
    with anyio.fail_after(5):
        async with anyio.create_task_group() as group:
            for name in "abc":
                group.start_soon(cohort.call, name)
            await anyio.wait_all_tasks_blocked()
            assert cohort.entered == ["a"]
            cohort.begin["a"].set()
            await anyio.wait_all_tasks_blocked()
            assert cohort.entered == ["a", "b", "c"]
            cohort.finish()


async def test_other_prefixes_do_not_wait() -> None:
    cohort = Cohort()
    with anyio.fail_after(5):
        async with anyio.create_task_group() as group:
            group.start_soon(cohort.call, "a", "p")
            group.start_soon(cohort.call, "b", "q")
            await anyio.wait_all_tasks_blocked()
            assert cohort.entered == ["a", "b"]
            cohort.finish()


@pytest.mark.parametrize("how", ["fails", "is cancelled"])
async def test_when_the_first_is_gone_the_next_goes_first(how: str) -> None:
    cohort = Cohort()
    with anyio.fail_after(5):
        async with anyio.create_task_group() as group:
            for name in "abc":
                group.start_soon(cohort.call, name)
            await anyio.wait_all_tasks_blocked()
            gone(cohort, "a", how)
            await anyio.wait_all_tasks_blocked()
            assert cohort.entered == ["a", "b"]
            cohort.begin["b"].set()
            await anyio.wait_all_tasks_blocked()
            assert cohort.entered == ["a", "b", "c"]
            cohort.finish()


async def test_after_two_that_failed_nobody_waits() -> None:
    cohort = Cohort()
    with anyio.fail_after(5):
        async with anyio.create_task_group() as group:
            for name in "abcd":
                group.start_soon(cohort.call, name)
            await anyio.wait_all_tasks_blocked()
            gone(cohort, "a", "fails")
            await anyio.wait_all_tasks_blocked()
            gone(cohort, "b", "fails")
            await anyio.wait_all_tasks_blocked()
            assert cohort.entered == ["a", "b", "c", "d"]
            cohort.finish()


async def test_one_that_waits_may_be_cancelled_and_costs_nobody_else() -> None:
    cohort = Cohort()
    with anyio.fail_after(5):
        async with anyio.create_task_group() as group:
            for name in "abc":
                group.start_soon(cohort.call, name)
            await anyio.wait_all_tasks_blocked()
            cohort.scopes["b"].cancel()
            cohort.begin["a"].set()
            await anyio.wait_all_tasks_blocked()
            assert cohort.entered == ["a", "c"]
            cohort.finish()


@pytest.mark.parametrize(("pause", "waits"), [(FRESH_SECONDS - 1, False), (FRESH_SECONDS + 1, True)])
async def test_prefix_that_was_not_used_for_too_long_is_primed_again(pause: float, *, waits: bool) -> None:
    now = [0.0]
    cohort = Cohort(lambda: now[0])
    with anyio.fail_after(5):
        async with anyio.create_task_group() as group:
            for at, name in ((0.0, "a"), (200.0, "b"), (200.0 + pause, "c"), (200.0 + pause, "d")):
                now[0] = at
                group.start_soon(cohort.call, name)
                await anyio.wait_all_tasks_blocked()
                if name in "ab":
                    cohort.begin[name].set()
                    await anyio.wait_all_tasks_blocked()
            assert ("d" not in cohort.entered) == waits
            cohort.finish()
            await anyio.wait_all_tasks_blocked()
            cohort.finish()


async def test_a_prefix_lives_from_the_start_of_the_call_that_wrote_it() -> None:
    now = [0.0]
    cohort = Cohort(lambda: now[0])
    with anyio.fail_after(5):
        async with anyio.create_task_group() as group:
            group.start_soon(cohort.call, "a")
            await anyio.wait_all_tasks_blocked()
            now[0] = FRESH_SECONDS + 1
            cohort.begin["a"].set()
            await anyio.wait_all_tasks_blocked()
            for name in "bc":
                group.start_soon(cohort.call, name)
            await anyio.wait_all_tasks_blocked()
            assert cohort.entered == ["a", "b"]
            cohort.finish()
            await anyio.wait_all_tasks_blocked()
            cohort.finish()


def gone(cohort: Cohort, name: str, how: str) -> None:
    """End a call before its answer has begun."""
    if how == "fails":
        cohort.fails.add(name)
        cohort.begin[name].set()
    else:
        cohort.scopes[name].cancel()
