"""Recordings through the real SDK: replayed for equal requests, and for nothing else."""

from __future__ import annotations

import time
import traceback
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import anyio
import httpx2
import pytest
import pytest_socket

from orchestrator.errors import CassetteError, ModelError
from orchestrator.models.calls import Caller, Calls
from orchestrator.models.cassettes.meta import Provenance
from orchestrator.models.cassettes.recording import Recording
from orchestrator.models.cassettes.replay import Replay
from orchestrator.models.cassettes.results import How, Result, State
from orchestrator.models.cassettes.slots import calling
from orchestrator.models.conversation import (
    Again,
    Ask,
    Began,
    Message,
    Reply,
    SystemText,
    Text,
    freely,
    nobody,
)
from orchestrator.models.handoff import Folder
from orchestrator.models.handoff_server import Handoff
from orchestrator.models.recorded import RecordedModel
from tests.models.answers import Answer, Asked, cut, erring, in_order, overloaded, text
from tests.models.messages_api import serving
from tests.models.taping import ASK, KEY, converse, loopback, models_are_closed, record, replaying, sdk_model

pytestmark = [pytest.mark.anyio, pytest.mark.enable_socket]


OTHER_WORDS = (Message(role="user", blocks=(Text(text="Go."),)),)
OTHER_SPACE = (ASK.system[0], SystemText(text="You review joins.\nQuote   lines."))


async def replayed(folder: Path, ask: Ask = ASK, *, case_sha: str = "c1", said: str = "x = 1") -> Result:
    """What a replay of the conversation comes to; no socket may be made."""
    pytest_socket.disable_socket(allow_unix_socket=True)
    with replaying(folder, case_sha=case_sha) as tape, suppress(CassetteError):
        await converse(RecordedModel(sdk_model(), tape), ask=ask, said=said)
    pytest_socket.enable_socket()
    (result,) = tape.results()
    return result


async def test_a_replay_gives_the_recorded_answers_without_a_socket_and_is_fresh(tmp_path: Path) -> None:
    with loopback() as api, Recording(tmp_path, case="case-1", provenance=Provenance(case_sha="c1")) as tape:
        live = await converse(RecordedModel(sdk_model(api.address), tape))
        tape.keep()
    pytest_socket.disable_socket(allow_unix_socket=True)
    with replaying(tmp_path) as again:
        kept = await converse(RecordedModel(sdk_model(), again))
    assert [(reply.id, reply.blocks, reply.stop, reply.usage) for reply in kept] == [
        (reply.id, reply.blocks, reply.stop, reply.usage) for reply in live
    ]
    assert [round(reply.seconds, 3) for reply in kept] == [round(reply.seconds, 3) for reply in live]
    (result,) = again.results()
    assert (result.state, result.turn, result.components) == (State.FRESH, None, ())


async def test_recordings_of_a_server_on_loopback_are_synthetic_and_never_measured(tmp_path: Path) -> None:
    await record(tmp_path)
    result = await replayed(tmp_path)
    assert (result.state, result.how, result.is_measured) == (State.FRESH, How.SYNTHETIC, False)


async def test_recordings_through_the_hand_off_are_measured_as_such(tmp_path: Path) -> None:
    ask = replace(ASK, tools=())
    with Handoff(Folder(tmp_path / "hand")) as endpoint, calling(Caller(who="joins", turn=1)):
        with Recording(tmp_path / "kept", case="case-1", provenance=Provenance(case_sha="c1")) as tape:
            async with anyio.create_task_group() as group:
                group.start_soon(RecordedModel(sdk_model(endpoint.address), tape).reply, ask, nobody)
                while not (waiting := endpoint.folder.waiting()):
                    await anyio.lowlevel.checkpoint()
                (endpoint.folder.directory / "responses" / f"{waiting[0].name}.md").write_text("By hand.", "utf-8")
            tape.keep()
        with replaying(tmp_path / "kept") as again:
            reply = await RecordedModel(sdk_model(), again).reply(ask, nobody)
    (result,) = again.results()
    assert (reply.text, reply.model) == ("By hand.", "handoff")
    assert (result.state, result.how, result.is_measured) == (State.FRESH, How.HANDOFF, True)


class Scripted:
    """A model that uses no network."""

    async def reply(self, ask: Ask, began: Began, again: Again = freely) -> Reply:
        del again
        began()
        return Reply(id="msg_1", model=ask.model, blocks=(Text(text=f"{len(ask.messages)} messages"),), stop="end_turn")


async def test_what_a_scripted_model_says_is_recorded_as_synthetic_and_replayed_through_the_sdk(tmp_path: Path) -> None:
    with Recording(tmp_path, case="case-1", provenance=Provenance(case_sha="c1")) as tape:
        with calling(Caller(who="joins", turn=1)):
            await RecordedModel(Scripted(), tape).reply(ASK, nobody)
        tape.keep()
    with replaying(tmp_path) as again, calling(Caller(who="joins", turn=1)):
        reply = await RecordedModel(sdk_model(), again).reply(ASK, nobody)
    assert reply.text == "1 messages"
    assert [(result.state, result.how) for result in again.results()] == [(State.FRESH, How.SYNTHETIC)]


async def test_a_model_that_asks_past_the_sdk_is_no_replay(tmp_path: Path) -> None:
    await record(tmp_path)
    with replaying(tmp_path) as tape, calling(Caller(who="joins", turn=1)), pytest.raises(CassetteError, match="SDK"):
        await RecordedModel(Scripted(), tape).reply(ASK, nobody)


class Talkative:
    """A model that talks past the SDK's client."""

    def __init__(self, address: tuple[str, int]) -> None:
        self.address = address

    async def reply(self, ask: Ask, began: Began, again: Again = freely) -> Reply:
        async with await anyio.connect_tcp(*self.address):
            return await Scripted().reply(ask, began, again)


async def test_a_replay_opens_no_socket_for_anybody(tmp_path: Path) -> None:
    await record(tmp_path)
    with loopback() as api, replaying(tmp_path) as tape, calling(Caller(who="joins", turn=1)):
        model = Talkative(("127.0.0.1", int(api.address.rpartition(":")[2])))
        with pytest.raises(OSError, match="connect") as raised:
            await RecordedModel(model, tape).reply(ASK, nobody)
        assert "opens no socket" in "".join(traceback.format_exception(raised.value))
        await model.reply(ASK, nobody)


@pytest.mark.parametrize(
    ("ask", "said", "state", "turn", "components"),
    [
        (replace(ASK, model="claude-sonnet-5-5"), "x = 1", State.STALE_PROMPT, 1, ("model",)),
        (replace(ASK, max_tokens=4001), "x = 1", State.STALE_PROMPT, 1, ("params",)),
        (replace(ASK, effort="high"), "x = 1", State.STALE_PROMPT, 1, ("params",)),
        (replace(ASK, system=(SystemText(text="Other."),)), "x = 1", State.STALE_PROMPT, 1, ("system",)),
        (replace(ASK, tools=()), "x = 1", State.STALE_PROMPT, 1, ("tools",)),
        (replace(ASK, messages=OTHER_WORDS), "", State.STALE_PROMPT, 1, ("msg[0]",)),
        (replace(ASK, system=OTHER_SPACE), "x = 1", State.STALE_COSMETIC, 1, ("system",)),
        (ASK, "x = 2", State.DIVERGED, 2, ("msg[2]",)),
    ],
)
async def test_what_differs_is_named_with_its_turn(
    tmp_path: Path, ask: Ask, said: str, state: State, turn: int, components: tuple[str, ...]
) -> None:
    await record(tmp_path)
    result = await replayed(tmp_path, ask, said=said)
    assert (result.state, result.turn, result.components, result.is_measured) == (state, turn, components, False)


async def test_diverged_shows_what_the_tool_said_then_and_now(tmp_path: Path) -> None:
    await record(tmp_path)
    result = await replayed(tmp_path, said="x = 2")
    assert "x = 1" in result.detail
    assert "x = 2" in result.detail


async def test_another_project_is_a_stale_case_though_every_request_is_equal(tmp_path: Path) -> None:
    await record(tmp_path)
    result = await replayed(tmp_path, case_sha="c2")
    assert (result.state, result.components) == (State.STALE_CASE, ("case",))
    result = await replayed(tmp_path, replace(ASK, max_tokens=5), case_sha="c2")
    assert (result.state, result.components) == (State.STALE_CASE, ("case", "params"))


async def test_what_was_not_recorded_is_missing_and_what_nobody_asks_for_is_unused(tmp_path: Path) -> None:
    assert (await replayed(tmp_path)).state is State.MISSING
    await record(tmp_path)
    with replaying(tmp_path) as tape:
        model = RecordedModel(sdk_model(), tape)
        with calling(Caller(who="joins", turn=1)):
            await model.reply(ASK, nobody)
        assert [(result.state, result.turn) for result in tape.results()] == [(State.UNUSED, 2)]
        with calling(Caller(who="joins", turn=1)), pytest.raises(CassetteError, match="all given"):
            await model.reply(ASK, nobody)
        assert [(result.state, result.turn) for result in tape.results()] == [(State.MISSING, 1)]
    nothing = pytest.raises(CassetteError, match="nothing was recorded")
    with replaying(tmp_path) as tape, calling(Caller(who="costs", turn=1)), nothing:
        await RecordedModel(sdk_model(), tape).reply(ASK, nobody)
    assert [(result.agent, result.state) for result in tape.results()] == [
        ("costs", State.MISSING),
        ("joins", State.UNUSED),
    ]


async def test_white_space_may_be_accepted_and_is_still_told(tmp_path: Path) -> None:
    await record(tmp_path)
    ask = replace(ASK, system=OTHER_SPACE)
    with replaying(tmp_path, accept_cosmetic=True) as tape:
        _, last = await converse(RecordedModel(sdk_model(), tape), ask=ask)
    (result,) = tape.results()
    assert last.text == "I saw: x = 1"
    assert (result.state, result.is_measured) == (State.STALE_COSMETIC, False)
    with replaying(tmp_path, accept_cosmetic=True) as tape:
        await converse(RecordedModel(sdk_model(), tape))
    assert [result.state for result in tape.results()] == [State.FRESH]


async def test_equal_requests_get_their_answers_in_the_order_of_the_recording(tmp_path: Path) -> None:
    said = in_order([text("first")], [text("second")], [text("third")])
    turns = (1, 2, 2)
    with serving(said) as api, Recording(tmp_path, case="case-1", provenance=Provenance(case_sha="c1")) as tape:
        for turn in turns:
            with calling(Caller(who="joins", turn=turn)):
                await RecordedModel(sdk_model(api.address), tape).reply(ASK, nobody)
        tape.keep()
    with replaying(tmp_path) as again:
        words = []
        for turn in turns:
            with calling(Caller(who="joins", turn=turn)):
                words.append((await RecordedModel(sdk_model(), again).reply(ASK, nobody)).text)
    assert words == ["first", "second", "third"]
    assert [result.state for result in again.results()] == [State.FRESH]


async def test_an_equal_request_of_another_turn_gets_the_answer_of_that_turn(tmp_path: Path) -> None:
    said = in_order([text("first")], [text("second")])
    with serving(said) as api, Recording(tmp_path, case="case-1", provenance=Provenance(case_sha="c1")) as tape:
        for turn in (1, 2):
            with calling(Caller(who="joins", turn=turn)):
                await RecordedModel(sdk_model(api.address), tape).reply(ASK, nobody)
        tape.keep()
    with replaying(tmp_path) as again, calling(Caller(who="joins", turn=2)):
        assert (await RecordedModel(sdk_model(), again).reply(ASK, nobody)).text == "second"
    assert [(result.state, result.turn) for result in again.results()] == [(State.UNUSED, 1)]


async def test_agents_and_cases_at_once_each_get_their_own(tmp_path: Path) -> None:
    agents, cases = [f"agent-{number}" for number in range(8)], ["case-1", "case-2"]

    def ask_of(case: str, who: str) -> Ask:
        return replace(ASK, system=(SystemText(text=f"{case} {who}"),))

    async def both(case: str, tape: Recording | Replay, address: str) -> None:
        async with anyio.create_task_group() as group:
            for who in agents:
                group.start_soon(one, case, who, RecordedModel(sdk_model(address), tape))

    async def one(case: str, who: str, model: RecordedModel) -> None:
        _, last = await converse(model, who=who, ask=ask_of(case, who), said=f"{case} {who}")
        assert last.text == f"I saw: {case} {who}"

    made = Provenance(case_sha="c1")
    with (
        loopback() as api,
        Recording(tmp_path, case="case-1", provenance=made) as first,
        Recording(tmp_path, case="case-2", provenance=made) as second,
    ):
        async with anyio.create_task_group() as group:
            group.start_soon(both, "case-1", first, api.address)
            group.start_soon(both, "case-2", second, api.address)
        assert len(first.keep()) == len(second.keep()) == len(agents)
    with (
        Replay(tmp_path, case="case-1", case_sha="c1") as one_tape,
        Replay(tmp_path, case="case-2", case_sha="c1") as other,
    ):
        async with anyio.create_task_group() as group:
            group.start_soon(both, "case-1", one_tape, "http://127.0.0.1:9")
            group.start_soon(both, "case-2", other, "http://127.0.0.1:9")
    found = [result.state for tape in (one_tape, other) for result in tape.results()]
    assert found == [State.FRESH] * len(agents) * len(cases)


async def test_a_failed_attempt_is_not_part_of_the_recording(tmp_path: Path) -> None:
    said = in_order(overloaded(), cut(), erring(), [text("at last")])
    with serving(said) as api, Recording(tmp_path, case="case-1", provenance=Provenance(case_sha="c1")) as tape:
        with calling(Caller(who="joins", turn=1)):
            await RecordedModel(sdk_model(api.address), tape).reply(ASK, nobody)
        tape.keep()
        assert len(api.asked) == 4
    began = time.monotonic()
    with replaying(tmp_path) as again, calling(Caller(who="joins", turn=1)):
        reply = await RecordedModel(sdk_model(), again).reply(ASK, nobody)
    assert (reply.text, reply.attempts) == ("at last", 1)
    assert time.monotonic() - began < reply.seconds + 1


async def test_a_miss_ends_at_once_and_is_not_tried_again(tmp_path: Path) -> None:
    await record(tmp_path)
    waits: list[float] = []
    model = sdk_model()

    async def sleep(seconds: float) -> None:
        waits.append(seconds)
        await anyio.sleep(seconds)

    model = sdk_model(sleep=sleep)
    with replaying(tmp_path) as tape, calling(Caller(who="joins", turn=1)), pytest.raises(CassetteError):
        await RecordedModel(model, tape).reply(replace(ASK, max_tokens=1), nobody)
    assert len(waits) <= 1


async def test_a_recording_does_not_hold_back_the_beginning_of_an_answer(tmp_path: Path) -> None:
    slow = Answer(blocks=[text("word " * 50)], seconds=1.5, first=0.1)
    with (
        serving(lambda _: slow) as api,
        Recording(tmp_path, case="case-1", provenance=Provenance(case_sha="c1")) as tape,
    ):
        started = time.monotonic()
        seconds: list[float] = []
        with calling(Caller(who="joins", turn=1)):
            reply = await RecordedModel(sdk_model(api.address), tape).reply(
                ASK, lambda: seconds.append(time.monotonic() - started)
            )
        assert seconds[0] < reply.seconds * 0.7


async def test_answers_that_are_not_whole_are_not_kept(tmp_path: Path) -> None:
    def said(asked: Asked) -> Answer:
        return Answer(blocks=[text("half")], stop="max_tokens") if asked.number == 0 else Answer()

    with serving(said) as api, Recording(tmp_path, case="case-1", provenance=Provenance(case_sha="c1")) as tape:
        with calling(Caller(who="joins", turn=2)):
            await RecordedModel(sdk_model(api.address), tape).reply(ASK, nobody)
        with pytest.raises(CassetteError, match="for turns \\[2\\] only"):
            tape.keep()
    assert not (tmp_path / "case-1").exists()


async def test_calls_of_others_pass_by_a_recording_and_a_replay(tmp_path: Path) -> None:
    await record(tmp_path)
    with loopback() as api, replaying(tmp_path) as tape:
        async with httpx2.AsyncClient() as client:
            answered = await client.get(f"{api.address}/health")
        await converse(RecordedModel(sdk_model(), tape))
    assert answered.status_code == 404
    assert [result.state for result in tape.results()] == [State.FRESH]


async def test_the_patch_is_gone_when_nobody_needs_it(tmp_path: Path) -> None:
    before = httpx2.AsyncHTTPTransport.handle_async_request
    with replaying(tmp_path), replaying(tmp_path):
        assert httpx2.AsyncHTTPTransport.handle_async_request is not before
    assert httpx2.AsyncHTTPTransport.handle_async_request is before


async def test_a_call_without_a_caller_is_refused(tmp_path: Path) -> None:
    with replaying(tmp_path) as tape, pytest.raises(ModelError, match="names no caller"):
        await RecordedModel(sdk_model(), tape).reply(ASK, nobody)


async def test_the_calls_of_a_run_say_who_asks(tmp_path: Path) -> None:
    await record(tmp_path)
    with replaying(tmp_path) as tape:
        reply = await Calls(RecordedModel(sdk_model(), tape)).reply(ASK, Caller(who="joins", turn=1))
    assert reply.text == "I look."


async def test_the_slot_and_the_credential_never_leave_their_places(tmp_path: Path) -> None:
    with loopback() as api, Recording(tmp_path, case="case-1", provenance=Provenance(case_sha="c1")) as tape:
        await converse(RecordedModel(sdk_model(api.address), tape))
        (path,) = tape.keep()
        assert not [name for asked in api.asked for name in asked.headers if "slot" in name]
    written = path.read_text("utf-8") + path.with_suffix(".meta.yaml").read_text("utf-8")
    assert "case-1/joins/1/2" in written
    assert KEY not in written
    assert "authorization" not in written.lower()


__all__ = ["models_are_closed"]
