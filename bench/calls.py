"""Measures the door to a model: what it adds to a call, by how much it overruns a limit, and what a cohort pays.

`python -m bench.calls`, from the root. For time and limits the model is simulated in the process; for cost it is the
loopback Messages server of the tests, which counts tokens and the cache by the API's rules.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import anyio

from orchestrator.models import prices
from orchestrator.models.budget import Budget, SpendingLimits
from orchestrator.models.calls import Caller, Calls
from orchestrator.models.conversation import (
    Again,
    Ask,
    Began,
    Message,
    Reply,
    SystemText,
    Text,
    ToolCard,
    Usage,
    freely,
)
from orchestrator.models.ledger import Ledger
from orchestrator.models.providers import open_model
from tests.models.answers import text
from tests.models.messages_api import serving
from tests.models.test_budget import review

MODEL = "claude-sonnet-5-5"
SPECIALISTS, TURNS = 12, 3
SHARED_TOKENS = 40_000
LINE = "orders = spark.table('main.sales.orders').where(\"status = 'open'\")  # 0123456\n"
PERSONA = "You look at one subject and say what the lines prove. " * 20
RUNS = 10


class Instant:
    """A model that answers at once."""

    async def reply(self, ask: Ask, began: Began, again: Again = freely) -> Reply:
        """An answer."""
        del again
        began()
        usage = Usage(cache_read_tokens=SHARED_TOKENS, cache_write_tokens=500, output_tokens=500)
        return Reply(id="m", model=ask.model, blocks=(Text(text="{}"),), stop="end_turn", usage=usage)


def shared(tokens: int, characters: int) -> SystemText:
    """A text of so many tokens, where a token has so many characters."""
    return SystemText(text=(LINE * (tokens * characters // len(LINE) + 1))[: tokens * characters], shared=True)


CARDS = tuple(
    ToolCard(name=f"tool_{number}", description="what it does " * 10, schema={"type": "object", "properties": {}})
    for number in range(8)
)


def asked(context: SystemText, who: str, turns: int) -> list[Ask]:
    """The requests of one specialist: each goes on from the one before."""
    first = Message(role="user", blocks=(Text(text=f"Review for {who}."),))
    one = Ask(model=MODEL, system=(context, SystemText(text=f"{who}: {PERSONA}")), messages=(first,), tools=CARDS)
    requests = [one]
    for turn in range(1, turns):
        said = Message(role="assistant", blocks=(Text(text=f"Looking, {turn}."),))
        answer = Message(role="user", blocks=(Text(text=f"line {turn} of what was read\n" * 40),))
        requests.append(replace(one, messages=(*requests[-1].messages, said, answer)))
    return requests


async def cohort(context: SystemText, turns: int, reply: Callable[[Ask, Caller], Awaitable[Reply]]) -> None:
    """All specialists at once, each turn after the other."""

    async def specialist(who: str) -> None:
        for turn, request in enumerate(asked(context, who, turns), start=1):
            await reply(request, Caller(who=who, turn=turn))

    async with anyio.create_task_group() as group:
        for number in range(SPECIALISTS):
            group.start_soon(specialist, f"specialist-{number}")


async def overhead() -> None:
    """Print what the door adds to a call."""
    context, added, kept = await door()
    print(f"| added to a call that is paid, {len(context.text):,} characters shared | under 5 ms | {added:.2f} ms |")
    print(f"| a call that is kept | | {kept:.2f} ms |")


async def door() -> tuple[SystemText, float, float]:
    """The context of a real review, and the milliseconds that ledger, primer, budget and log add to a call over it.

    First to a call that is paid, then to one that is kept.
    """
    context = shared(SHARED_TOKENS, 3)
    model = Instant()

    async def bare(ask: Ask, _caller: Caller) -> Reply:
        return await model.reply(ask, lambda: None)

    bares, doors, again = [], [], []
    for _ in range(RUNS):
        bares.append(await timed(context, bare))
        with tempfile.TemporaryDirectory() as folder:
            ledger = Ledger(Path(folder))
            limits = SpendingLimits(usd=Decimal(1_000), tokens=10**9, seconds=600)
            doors.append(await timed(context, Calls(model, ledger=ledger, budget=Budget(limits)).reply))
            again.append(await timed(context, Calls(model, ledger=ledger).reply))
            ledger.close()
    # The best of the runs: what other programs do on the machine is not what the door adds.
    return context, min(doors) - min(bares), min(again) - min(bares)


async def timed(context: SystemText, reply: Callable[[Ask, Caller], Awaitable[Reply]]) -> float:
    """Milliseconds a call."""
    started = time.perf_counter()
    await cohort(context, TURNS, reply)
    return (time.perf_counter() - started) * 1_000 / (SPECIALISTS * TURNS)


async def overshoot() -> None:
    """The worst of 1,000 runs with random limits, counts, outputs and failures."""
    worst = Decimal(-1)
    for seed in range(1_000):
        wild, limits, _ = await review(seed)
        if limits.usd is not None:
            worst = max(worst, wild.usd / limits.usd - 1)
    print(
        f"| overrun of --max-usd, worst of 1,000 random limits | at most 2 % | {max(worst, Decimal(0)) * 100:.1f} % |"
    )


async def cost(turns: int, goal: float) -> None:
    """What a cohort pays for input, against the same requests without a cache, by the server's count."""
    context = shared(SHARED_TOKENS, 4)
    with serving(lambda _asked: [text("{}")]) as api:
        model = open_model(MODEL, {"ANTHROPIC_API_KEY": "k", "ANTHROPIC_BASE_URL": api.address})
        await cohort(context, turns, Calls(model).reply)
        await model.close()
        usage = api.usage
    known = prices.priced(MODEL)
    paid = Usage(input_tokens=usage.input_tokens, cache_read_tokens=usage.read, cache_write_tokens=usage.written)
    ratio = known.cost(paid) / known.cost(Usage(input_tokens=usage.input_total))
    plain = usage.input_cost / usage.input_total
    calls, size = SPECIALISTS * turns, f"{SPECIALISTS} specialists over {SHARED_TOKENS:,} shared tokens"
    print(
        f"| input of {size}, {turns} turn(s), {calls} calls | at most {goal}x | {ratio:.3f}x with {MODEL}, "
        f"{plain:.3f}x where a read costs a tenth |"
    )


async def main() -> None:
    """Print one row a number."""
    print("| what | goal | measured |")
    print("|---|---|---|")
    await overhead()
    await overshoot()
    await cost(1, 0.20)
    await cost(5, 0.12)


if __name__ == "__main__":
    anyio.run(main)
