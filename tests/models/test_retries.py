"""Retries: which faults are tried again, how long the pauses are, and where they end."""

from __future__ import annotations

import time
from email.utils import formatdate

import anyio
import httpx2
import pytest

from orchestrator.models.anthropic_model import Limits
from orchestrator.models.conversation import UnansweredError, nobody
from orchestrator.models.mishaps import retry_after
from orchestrator.models.retries import Patience
from tests.models.answers import (
    Asked,
    Broken,
    Raw,
    Said,
    closed,
    cut,
    erring,
    failing,
    garbled,
    hanging,
    in_order,
    limited,
    overloaded,
    reset,
    text,
)
from tests.models.asking import Waits, ask, opened
from tests.models.messages_api import serving

pytestmark = [pytest.mark.anyio, pytest.mark.enable_socket]

PASSING: dict[str, Said] = {
    "408": failing(408, "timeout_error"),
    "409": failing(409, "conflict_error"),
    "429": limited(),
    "500": failing(500),
    "502 of a proxy": Raw(status=502, body=b"<html>bad gateway</html>", content_type="text/html"),
    "503": failing(503),
    "504": failing(504, "timeout_error"),
    "529": overloaded(),
    "reset before the first byte": reset(),
    "reset in the stream": reset(3),
    "closed before the first byte": closed(0),
    "closed in the stream": closed(3),
    "cut before any event": Raw(content_type="text/event-stream"),
    "cut after the start": cut(1),
    "cut before the end": cut(6),
    "garbled": garbled(3),
    "no JSON at all": Raw(body=b"event: message_start\ndata: {\n\n", content_type="text/event-stream"),
    "an event of another shape": Raw(
        body=b'event: message_start\ndata: {"type": "message_start", "message": 7}\n\n',
        content_type="text/event-stream",
    ),
    "a start without usage": Raw(
        body=b'event: message_start\ndata: {"type": "message_start", "message": {"id": "m", "content": []}}\n\n',
        content_type="text/event-stream",
    ),
    "a delta of no block": Raw(
        body=b'event: message_start\ndata: {"type": "message_start", "message": {"id": "m", "content": [], "usage": '
        b'{"input_tokens": 1, "output_tokens": 1}}}\n\nevent: content_block_delta\ndata: {"type": '
        b'"content_block_delta", "index": 4, "delta": {"type": "text_delta", "text": "x"}}\n\n',
        content_type="text/event-stream",
    ),
    "overloaded in the stream": erring("overloaded_error"),
    "api_error in the stream": erring("api_error"),
    "rate_limit_error in the stream": erring("rate_limit_error"),
    "timeout_error in the stream": erring("timeout_error"),
    "told to try again": failing(400, "invalid_request_error", x_should_retry="true"),
    "silent before the first byte": hanging(0),
    "silent in the stream": hanging(3),
}


@pytest.mark.parametrize("said", PASSING.values(), ids=PASSING.keys())
async def test_what_is_passing_is_tried_again_and_told_to_have_begun_once(said: Said) -> None:
    began: list[int] = []
    waits = Waits()
    with serving(in_order(said, said, [text("done")])) as api:
        async with opened(api.address, waits=waits, limits=Limits(connect=5, idle=0.3, attempt=5)) as model:
            reply = await model.reply(ask(), lambda: began.append(1))
    assert (reply.text, reply.attempts, len(api.asked)) == ("done", 3, 3)
    assert began == [1]
    assert waits.pauses == [0.5, 1.0]
    assert reply.seconds == 1.5, "the seconds are those of the whole call, by the clock it was given"


@pytest.mark.parametrize(
    "said",
    [erring("invalid_request_error"), failing(529, "overloaded_error", x_should_retry="false"), failing(501)],
    ids=["another error in the stream", "told not to try again", "501"],
)
async def test_each_attempt_is_counted_by_what_was_said(said: Said) -> None:
    passing = isinstance(said, Raw) and said.status == 501
    with serving(lambda _: said) as api:
        async with opened(api.address, patience=Patience(attempts=2)) as model:
            with pytest.raises(UnansweredError) as caught:
                await model.reply(ask(), nobody)
    assert (len(api.asked), caught.value.transient) == ((2, True) if passing else (1, False))


@pytest.mark.parametrize(
    ("told", "pauses"),
    [("7", [7.0]), ("0", [0.0]), ("3600", [30.0]), ("-5", [0.0]), ("soon", [0.5]), ("nan", [0.5]), ("inf", [0.5])],
)
async def test_a_retry_after_is_obeyed_up_to_the_longest_pause(told: str, pauses: list[float]) -> None:
    waits = Waits()
    with serving(in_order(limited(told), [text("done")])) as api:
        async with opened(api.address, waits=waits) as model:
            await model.reply(ask(), nobody)
    assert waits.pauses == pauses


def test_a_retry_after_may_be_milliseconds_or_a_date() -> None:
    assert retry_after(httpx2.Headers({"retry-after-ms": "250", "retry-after": "9"})) == 0.25
    at = time.time()
    date = httpx2.Headers({"retry-after": formatdate(at + 90, usegmt=True)})
    assert retry_after(date, lambda: float(int(at))) == 90.0
    assert retry_after(httpx2.Headers()) is None


async def test_pauses_double_up_to_the_longest_and_attempts_end() -> None:
    waits = Waits()
    with serving(lambda _: overloaded()) as api:
        async with opened(api.address, waits=waits, patience=Patience(attempts=5, longest=2.0)) as model:
            with pytest.raises(UnansweredError, match=r"\(529\): Overloaded \(tried 5 times in 6 s") as caught:
                await model.reply(ask(), nobody)
    assert waits.pauses == [0.5, 1.0, 2.0, 2.0]
    assert (caught.value.attempts, caught.value.usage, len(api.asked)) == (5, None, 5)


@pytest.mark.parametrize("patience", [Patience(pauses=70.0, attempts=99), Patience(total=70.0, attempts=99)])
async def test_no_attempt_begins_after_the_time_is_over(patience: Patience) -> None:
    waits = Waits()
    with serving(lambda _: limited("30")) as api:
        async with opened(api.address, waits=waits, patience=patience) as model:
            with pytest.raises(UnansweredError, match="tried 3 times in 60 s"):
                await model.reply(ask(), nobody)
    assert (waits.pauses, len(api.asked)) == ([30.0, 30.0], 3)


async def test_a_call_that_pauses_leaves_its_slot_to_another() -> None:
    paused, answered = anyio.Event(), anyio.Event()

    class Long(Waits):
        async def sleep(self, seconds: float) -> None:
            self.pauses.append(seconds)
            paused.set()
            await answered.wait()

    def script(asked: Asked) -> Said:
        return overloaded() if asked.last == "first" and asked.number == 0 else [text(asked.last)]

    with serving(script) as api:
        async with opened(api.address, waits=Long(), slots=1) as model, anyio.create_task_group() as group:
            group.start_soon(model.reply, ask("first"), nobody)
            await paused.wait()
            with anyio.fail_after(5):
                assert (await model.reply(ask("second"), nobody)).text == "second"
            answered.set()
    assert [asked.last for asked in api.asked] == ["first", "second", "first"]


async def test_no_more_requests_are_under_way_than_there_are_slots() -> None:
    with serving(lambda _: [text("done")], pace=lambda _: 0.05) as api:
        async with opened(api.address, slots=3) as model, anyio.create_task_group() as group:
            for number in range(9):
                group.start_soon(model.reply, ask(f"number {number}"), nobody)
    assert (len(api.asked), api.peak) == (9, 3)


async def test_a_call_that_is_cancelled_in_its_pause_asks_no_more() -> None:
    with serving(lambda _: overloaded()) as api:
        waits = Waits()
        async with opened(api.address, waits=waits) as model:
            with anyio.CancelScope() as scope:
                waits.during = scope.cancel
                await model.reply(ask(), nobody)
    assert scope.cancelled_caught
    assert len(api.asked) == 1


async def test_an_address_where_nobody_listens_is_tried_again_and_then_told() -> None:
    waits = Waits()
    async with opened("http://127.0.0.1:9", waits=waits, patience=Patience(attempts=3)) as model:
        with pytest.raises(UnansweredError, match=r"connection to the Anthropic API failed.*tried 3 times"):
            await model.reply(ask(), nobody)
    assert len(waits.pauses) == 2


def test_every_way_to_break_is_among_the_faults() -> None:
    ways = {said.how for said in PASSING.values() if isinstance(said, Broken)}
    assert ways == {"reset", "close", "cut", "hang", "garbled", "error"}
