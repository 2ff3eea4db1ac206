"""Retries: which faults are tried again, how long the pauses are, and where they end."""

from __future__ import annotations

import time
from email.utils import formatdate

import anyio
import httpx2
import pytest

from orchestrator.errors import SpentError
from orchestrator.models.anthropic_model import Limits
from orchestrator.models.conversation import Reply, UnansweredError, Usage, nobody
from orchestrator.models.mishaps import retry_after
from orchestrator.models.retries import Patience, Progress, Retries
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


NOBODY = r"the Anthropic API cannot be reached at 127\.0\.0\.1:9: nobody listens there; check .* ANTHROPIC_BASE_URL"


async def test_an_address_where_nobody_listens_is_told_soon_and_tried_by_one_call_for_all() -> None:
    told: list[str] = []

    class Still(Waits):
        def clock(self) -> float:
            return 0.0

    waits = Still()

    async def one(number: int) -> None:
        with pytest.raises(UnansweredError, match=NOBODY) as caught:
            await model.reply(ask(f"number {number}"), nobody)
        told.append(str(caught.value))

    async with opened("http://127.0.0.1:9", waits=waits, slots=1) as model:
        async with anyio.create_task_group() as group:
            for number in range(18):
                group.start_soon(one, number)
        paused = len(waits.pauses)
        await one(18)
    assert len(waits.pauses) == paused <= 18 * 2, "who asks later does not try"
    assert len(set(told)) == 1
    assert told[0].endswith("(tried 3 times in 0 s; a later run may succeed)")


async def test_somebody_who_was_there_and_goes_away_is_tried_with_patience() -> None:
    waits, away = Waits(), UnansweredError("nobody is there", transient=True, unreachable=True)
    ways = iter([UnansweredError("it broke off", transient=True), *[away] * 5])

    async def attempt(_progress: Progress) -> Reply:
        raise next(ways)

    retries = Retries(slots=anyio.Semaphore(1), sleep=waits.sleep, clock=waits.clock, chance=lambda: 0.0)
    with pytest.raises(UnansweredError, match="tried 6 times"):
        await retries.run(attempt, nobody)


async def test_an_attempt_that_had_begun_is_told_with_what_it_cost_before_it_is_repeated() -> None:
    asked: list[tuple[int, int]] = []

    async def again(wasted: Usage) -> None:
        asked.append((len(api.asked), wasted.tokens))

    with serving(in_order(reset(3), overloaded(), cut(3), [text("done")])) as api:
        async with opened(api.address) as model:
            reply = await model.reply(ask(), nobody, again)
    assert [number for number, _ in asked] == [1, 3], "not for the attempt that never began"
    assert sum(tokens for _, tokens in asked) == reply.wasted.tokens > 0
    assert reply.attempts == 4


async def test_who_says_that_there_is_no_room_for_another_attempt_ends_the_call() -> None:
    async def again(_wasted: Usage) -> None:
        raise SpentError("no room")

    with serving(in_order(cut(3), [text("done")])) as api:
        async with opened(api.address) as model:
            with pytest.raises(SpentError, match="no room"):
                await model.reply(ask(), nobody, again)
    assert len(api.asked) == 1


async def test_a_call_that_waits_for_room_leaves_its_slot_to_another() -> None:
    waiting, room = anyio.Event(), anyio.Event()

    async def again(_wasted: Usage) -> None:
        waiting.set()
        await room.wait()

    def script(asked: Asked) -> Said:
        return cut(3) if asked.last == "first" and asked.number == 0 else [text(asked.last)]

    with serving(script) as api:
        async with opened(api.address, slots=1) as model, anyio.create_task_group() as group:
            group.start_soon(model.reply, ask("first"), nobody, again)
            with anyio.fail_after(5):
                await waiting.wait()
                assert (await model.reply(ask("second"), nobody)).text == "second"
            room.set()
    assert [asked.last for asked in api.asked] == ["first", "second", "first"]


def test_every_way_to_break_is_among_the_faults() -> None:
    ways = {said.how for said in PASSING.values() if isinstance(said, Broken)}
    assert ways == {"reset", "close", "cut", "hang", "garbled", "error"}
