"""A cohort over the wire: what it shares is written once, read by all others, and costs what the goal says."""

from __future__ import annotations

import threading
from pathlib import Path

import anyio
import pytest

from orchestrator.models import prices
from orchestrator.models.calls import Caller, Calls
from orchestrator.models.conversation import Ask, OpenedModel, Usage
from orchestrator.models.ledger import Ledger
from orchestrator.models.providers import open_model
from tests.models.answers import Asked, Block, Raw, failing, text
from tests.models.messages_api import Served, serving
from tests.models.simulated import MODEL, ask

pytestmark = [pytest.mark.anyio, pytest.mark.enable_socket]

SHARED = "orders = spark.table('main.sales.orders')\n" * 4_000
SHARED_TOKENS = len(SHARED) // 4


def answer(_asked: Asked) -> list[Block]:
    """An answer to everything."""
    return [text("{}")]


def opened(api: Served) -> OpenedModel:
    """The real client, at the loopback server."""
    return open_model(MODEL, {"ANTHROPIC_API_KEY": "k", "ANTHROPIC_BASE_URL": api.address})


async def cohort(calls: Calls, specialists: int) -> int:
    """One call of each specialist at once; how many were answered."""
    answered: list[str] = []

    async def specialist(number: int) -> None:
        request: Ask = ask(persona=f"you are specialist {number}", shared=SHARED)
        answered.append((await calls.reply(request, Caller(who=f"s{number}", turn=1))).text)

    with anyio.fail_after(30):
        async with anyio.create_task_group() as group:
            for number in range(specialists):
                group.start_soon(specialist, number)
    return len(answered)


async def test_twelve_specialists_write_the_shared_text_once_and_pay_a_fifth_of_sending_it_each_time() -> None:
    with serving(answer) as api:
        model = opened(api)
        assert await cohort(Calls(model), 12) == 12
        await model.close()
    assert sum(paid.usage.written >= SHARED_TOKENS for paid in api.paid) == 1
    assert sum(paid.usage.read >= SHARED_TOKENS for paid in api.paid) == 11
    count = api.usage
    known = prices.priced(MODEL)
    paid_for = Usage(input_tokens=count.input_tokens, cache_read_tokens=count.read, cache_write_tokens=count.written)
    assert known.cost(paid_for) <= known.cost(Usage(input_tokens=count.input_total)) / 5


async def test_first_call_that_is_refused_for_good_leaves_the_next_to_write_the_shared_text() -> None:
    lock, asked = threading.Lock(), []

    def script(request: Asked) -> list[Block] | Raw:
        with lock:
            asked.append(request)
            first = len(asked) == 1
        return failing(400, "invalid_request_error") if first else [text("{}")]

    with serving(script) as api:
        model = opened(api)
        calls = Calls(model)
        with pytest.raises(ExceptionGroup):
            await cohort(calls, 1)
        assert await cohort(calls, 5) == 5
        await model.close()
    assert sum(paid.usage.written >= SHARED_TOKENS for paid in api.paid) == 1


async def test_what_was_answered_over_the_wire_is_not_sent_again(tmp_path: Path) -> None:
    with serving(answer) as api:
        for _ in range(2):
            ledger, model = Ledger(tmp_path), opened(api)
            assert await cohort(Calls(model, ledger=ledger), 3) == 3
            await model.close()
            ledger.close()
    assert len(api.asked) == 3
