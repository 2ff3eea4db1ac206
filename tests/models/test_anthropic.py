"""The official SDK against the loopback Messages API: answers, usage, limits and cancellation."""

from __future__ import annotations

from dataclasses import replace

import anyio
import pytest
from pydantic import JsonValue

from orchestrator.errors import ModelError
from orchestrator.models.anthropic_model import Limits
from orchestrator.models.conversation import (
    Message,
    Opaque,
    SystemText,
    Text,
    ToolCard,
    ToolResult,
    ToolUse,
    UnansweredError,
    Usage,
    nobody,
)
from orchestrator.models.retries import Patience
from tests.models.answers import Answer, Asked, Raw, Said, cut, failing, hanging, in_order, text, use
from tests.models.asking import KEY, MODEL, ask, opened
from tests.models.cache import Usage as Counted
from tests.models.messages_api import serving
from tests.models.streaming import events

pytestmark = [pytest.mark.anyio, pytest.mark.enable_socket]
READ = ToolCard(
    name="read_file",
    description="Reads a file.",
    schema={
        "type": "object",
        "properties": {"path": {"type": "string"}},
        "required": ["path"],
        "additionalProperties": False,
    },
    strict=True,
)
LONG = SystemText(text="project " * 1000, shared=True)


async def test_a_whole_conversation_with_thinking_and_a_tool_is_taken_by_the_api() -> None:
    thinking: dict[str, JsonValue] = {"type": "thinking", "thinking": "hm", "signature": "c2ln"}
    said = in_order([thinking, text("I read."), use("read_file", "toolu_1", path="a.py")], [text("é done")])
    with serving(said) as api:
        async with opened(api.address) as model:
            first = replace(ask(system=(LONG, SystemText(text="You are a reviewer."))), tools=(READ,))
            one = await model.reply(first, nobody)
            answered = Message(role="user", blocks=(ToolResult(use="toolu_1", text="x = 1"),))
            two = await model.reply(
                replace(first, messages=(*first.messages, Message(role="assistant", blocks=one.blocks), answered)),
                nobody,
            )
    assert api.refused == []
    assert (one.stop, two.stop, two.text, two.model) == ("tool_use", "end_turn", "é done", MODEL)
    assert one.uses == (ToolUse(id="toolu_1", name="read_file", arguments={"path": "a.py"}),)
    assert one.blocks[0] == Opaque(content=thinking)
    assert api.asked[1].body["messages"][1]["content"][0] == thinking, "thinking goes back as it came"


async def test_the_usage_is_the_one_that_the_api_counts() -> None:
    with serving(lambda _: Answer(blocks=[text("done")], output_tokens=7)) as api:
        async with opened(api.address) as model:
            asked = ask(system=(LONG,))
            one, two = await model.reply(asked, nobody), await model.reply(asked, nobody)
    counted = [
        Usage(
            input_tokens=paid.usage.input_tokens,
            output_tokens=paid.usage.output_tokens,
            cache_read_tokens=paid.usage.read,
            cache_write_tokens=paid.usage.written,
        )
        for paid in api.paid
    ]
    assert [one.usage, two.usage] == counted
    assert one.usage.cache_write_tokens > 2000
    assert two.usage == Usage(output_tokens=7, cache_read_tokens=one.usage.cache_write_tokens)
    assert one.wasted == Usage()


async def test_writes_for_an_hour_are_told_apart() -> None:
    counted = Counted(input_tokens=3, read=20, written=10, written_1h=30, output_tokens=7)
    asked = Asked({"model": MODEL}, 0)
    stream = "".join(events(asked, Answer(blocks=[text("done")]), counted)).encode()
    with serving(lambda _: Raw(body=stream, content_type="text/event-stream; charset=utf-8")) as api:
        async with opened(api.address) as model:
            usage = (await model.reply(ask(), nobody)).usage
    assert usage == Usage(
        input_tokens=3, output_tokens=7, cache_read_tokens=20, cache_write_tokens=10, cache_write_1h_tokens=30
    )


@pytest.mark.parametrize(
    "stop", ["end_turn", "max_tokens", "refusal", "pause_turn", "model_context_window_exceeded", "a_new_one"]
)
async def test_every_stop_reason_is_handed_on(stop: str) -> None:
    with serving(lambda _: Answer(blocks=[text("half")], stop=stop)) as api:
        async with opened(api.address) as model:
            reply = await model.reply(ask(), nobody)
    assert (reply.stop, reply.text) == (stop, "half")


async def test_a_refusal_without_a_word_is_an_answer() -> None:
    with serving(lambda _: Answer(stop="refusal")) as api:
        async with opened(api.address) as model:
            assert (await model.reply(ask(), nobody)).blocks == ()


async def test_a_tool_use_that_was_cut_by_the_limit_keeps_its_stop_reason() -> None:
    with serving(lambda _: Answer(blocks=[use("read_file", "toolu_1")], stop="max_tokens")) as api:
        async with opened(api.address) as model:
            assert (await model.reply(ask(), nobody)).stop == "max_tokens"


async def test_it_is_told_that_the_answer_has_begun_before_it_ends() -> None:
    order: list[str] = []
    with serving(lambda _: Answer(blocks=[text("w" * 400)], seconds=0.4, first=0.1)) as api:
        async with opened(api.address) as model:
            begun = anyio.Event()

            def began() -> None:
                order.append("began")
                begun.set()

            async def wait() -> None:
                await begun.wait()
                order.append("another may start")

            async with anyio.create_task_group() as group:
                group.start_soon(wait)
                await model.reply(ask(), began)
                order.append("ended")
    assert order == ["began", "another may start", "ended"]


async def test_a_cancelled_call_closes_its_connection_and_the_next_one_works() -> None:
    with serving(in_order(hanging(after=3), [text("done")])) as api:
        async with opened(api.address) as model:
            with anyio.move_on_after(0.3) as scope:
                await model.reply(ask(), nobody)
            assert scope.cancelled_caught
            assert (await model.reply(ask(), nobody)).text == "done"
            assert await anyio.to_thread.run_sync(api.left.wait, 5), "the server sees that the client is gone"
    assert (len(api.asked), api.dropped) == (2, 1)


@pytest.mark.parametrize("limits", [Limits(idle=0.2, attempt=10), Limits(idle=10, attempt=0.2)], ids=["idle", "total"])
@pytest.mark.parametrize("after", [0, 3])
async def test_a_silence_ends_at_the_limit(limits: Limits, after: int) -> None:
    with serving(lambda _: hanging(after)) as api:
        async with opened(api.address, limits=limits, patience=Patience(attempts=2)) as model:
            with anyio.fail_after(5), pytest.raises(UnansweredError, match="did not answer in time"):
                await model.reply(ask(), nobody)
    assert len(api.asked) == 2


FOR_GOOD = [
    (failing(400, "invalid_request_error", "prompt is too long"), "refused the request .*400.*: prompt is too long"),
    (
        failing(401, "authentication_error", "no"),
        r"did not accept ANTHROPIC_API_KEY \(401\): no; set one that is valid",
    ),
    (failing(402, "billing_error", "no credit"), r"\(402\): no credit; add credit"),
    (failing(403, "permission_error", "no"), r"ANTHROPIC_API_KEY may not use 'claude-opus-5-5' \(403\)"),
    (failing(404, "not_found_error", "model"), r"no model 'claude-opus-5-5' \(404\).*ANTHROPIC_BASE_URL"),
    (failing(413, "request_too_large", "big"), r"larger than the Anthropic API takes \(413\).*fewer files"),
    (failing(422, "invalid_request_error", "odd"), r"refused the request to 'claude-opus-5-5' \(422\): odd"),
    (Raw(body=b"<html>", content_type="text/html"), "answered with 'text/html' instead of events.*ANTHROPIC_BASE_URL"),
    (Raw(body=b"{}"), "answered with 'application/json' instead of events"),
    (Raw(status=403, body=b"<html>" + b"x" * 9000, content_type="text/html"), r"\(403\)"),
]


@pytest.mark.parametrize(("said", "sentence"), FOR_GOOD, ids=[str(number) for number in range(len(FOR_GOOD))])
async def test_what_is_not_passing_is_one_sentence_at_once(said: Said, sentence: str) -> None:
    with serving(lambda _: said) as api:
        async with opened(api.address) as model:
            with pytest.raises(ModelError, match=sentence) as caught:
                await model.reply(ask(), nobody)
    assert len(api.asked) == 1
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 500
    assert isinstance(caught.value, UnansweredError)
    assert (caught.value.transient, caught.value.usage) == (False, None)


async def test_the_api_s_words_are_shown_without_the_credential() -> None:
    said = failing(400, "invalid_request_error", f"bad\n\x1b[31m key {KEY} and {KEY}")
    with serving(lambda _: said) as api:
        async with opened(api.address) as model:
            assert KEY not in repr(model)
            with pytest.raises(ModelError) as caught:
                await model.reply(ask(), nobody)
    assert KEY not in str(caught.value)
    assert "\x1b" not in str(caught.value)
    assert "…redacted" in str(caught.value)


async def test_a_wrong_credential_names_its_setting() -> None:
    with serving(lambda _: [text("done")], key="another") as api:
        async with opened(api.address) as model:
            with pytest.raises(ModelError, match=r"ANTHROPIC_API_KEY \(401\)"):
                await model.reply(ask(), nobody)


async def test_a_credential_far_inside_the_api_s_words_is_not_cut_in_half() -> None:
    with serving(lambda _: failing(400, "invalid_request_error", " " * 1190 + KEY)) as api:
        async with opened(api.address) as model:
            with pytest.raises(ModelError) as caught:
                await model.reply(ask(), nobody)
    assert KEY[:10] not in str(caught.value)


@pytest.mark.parametrize("address", ["ftp://127.0.0.1", "127.0.0.1:1"])
async def test_an_address_that_is_none_is_told_at_once(address: str) -> None:
    async with opened(address) as model:
        with pytest.raises(ModelError, match="ANTHROPIC_BASE_URL"):
            await model.reply(ask(), nobody)


async def test_what_a_broken_answer_cost_is_told_with_the_next_answer() -> None:
    def script(asked: Asked) -> Said:
        words = [text("word " * 60)]
        return replace(cut(after=6), answer=Answer(blocks=words)) if asked.number == 0 else Answer(blocks=words)

    with serving(script, minimum=10**9) as api:
        async with opened(api.address) as model:
            reply = await model.reply(ask("word " * 400), nobody)
    assert reply.attempts == 2
    assert reply.wasted.input_tokens == reply.usage.input_tokens == api.paid[0].usage.input_tokens
    assert 1 < reply.wasted.output_tokens <= reply.usage.output_tokens + 30


async def test_a_call_that_breaks_for_good_says_what_it_cost() -> None:
    with serving(lambda _: cut(after=4), minimum=10**9) as api:
        async with opened(api.address, patience=Patience(attempts=3)) as model:
            with pytest.raises(UnansweredError, match=r"broke off .*tried 3 times") as caught:
                await model.reply(ask(), nobody)
    assert caught.value.usage is not None
    assert caught.value.usage.input_tokens == api.usage.input_tokens
    assert (caught.value.attempts, caught.value.transient) == (3, True)


async def test_text_blocks_are_read_as_words() -> None:
    with serving(lambda _: [text("one "), text("two")]) as api:
        async with opened(api.address) as model:
            assert (await model.reply(ask(), nobody)).blocks == (Text(text="one "), Text(text="two"))
