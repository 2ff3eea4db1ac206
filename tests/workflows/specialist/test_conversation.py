"""The loop of a specialist: every way in which a model may stop, tools that fail, and answers that nobody can read."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import anyio
import pytest
from pydantic import JsonValue

from orchestrator.errors import ModelError, SpentError
from orchestrator.models.conversation import Message, Opaque, Text, ToolResult, ToolUse
from orchestrator.models.scripted import Said
from orchestrator.toolbox.offered import MAX_ANSWER, OfferedTool, ShownPart, ToolAnswer
from orchestrator.workflows.specialist import calling
from orchestrator.workflows.specialist.conversation import LAST_TURN
from tests.workflows.specialist.talking import ANSWER, Talk, cohort_of, talk, tool, uses

pytestmark = pytest.mark.anyio
TOKEN = "dapi" + "3f9a1c2e4b5d6f708192a3b4c5d6e7f8"


def stopped(reason: str, text: str = ANSWER) -> Said:
    return Said(blocks=[Text(text=text)], stop=reason)


async def test_an_answer_ends_the_conversation_with_its_text() -> None:
    held = await talk(ANSWER)
    assert (held.ended.text, held.ended.turns, held.ended.problem) == (ANSWER, 1, None)


async def test_shared_text_stands_before_the_persona_and_first_message() -> None:
    held = await talk(ANSWER)
    (ask,) = held.asked
    assert [(block.text, block.shared) for block in ask.system] == [("the project", True), ("You review.", False)]
    assert ask.messages == (Message(role="user", blocks=(Text(text="begin"),)),)
    assert ask.schema is not None


@pytest.mark.parametrize(
    ("reason", "problem"),
    [
        ("refusal", "refused"),
        ("model_context_window_exceeded", "no longer fits"),
        ("compaction", "not known: 'compaction'"),
        ("", "not known"),
    ],
)
async def test_a_stop_that_leaves_no_answer_is_a_problem_even_with_one_in_the_text(reason: str, problem: str) -> None:
    held = await talk(Said(blocks=[Text(text=ANSWER)], stop=reason or "?"))
    assert problem in (held.ended.problem or "")
    assert held.ended.text == ""


@pytest.mark.parametrize("reason", ["end_turn", "stop_sequence"])
async def test_a_stop_after_the_answer_is_an_answer(reason: str) -> None:
    assert (await talk(stopped(reason))).ended.text == ANSWER


async def test_an_answer_that_was_cut_is_asked_for_once_more_and_shorter() -> None:
    held = await talk(stopped("max_tokens", '{"findings": [{"pa'), ANSWER)
    assert held.ended.text == ANSWER
    assert "cut off" in held.last_words


async def test_a_use_that_was_cut_is_not_sent_back() -> None:
    cut = Said(
        blocks=[Opaque(content={"type": "thinking", "thinking": "hm"}), uses("read_file").blocks[0]], stop="max_tokens"
    )
    held = await talk(cut, ANSWER)
    assert held.ended.text == ANSWER
    assert not [each for each in held.asked[-1].messages[1].blocks if not isinstance(each, Text)]


async def test_an_answer_that_is_cut_twice_is_a_problem() -> None:
    held = await talk(stopped("max_tokens", "{"))
    assert "cut off" in (held.ended.problem or "")
    assert held.ended.turns == 2


async def test_a_pause_goes_on_with_what_was_said() -> None:
    held = await talk(Said(blocks=[Text(text="wait")], stop="pause_turn"), ANSWER)
    assert held.ended.text == ANSWER
    assert held.asked[-1].messages[-1] == Message(role="assistant", blocks=(Text(text="wait"),))


async def test_a_model_that_pauses_for_ever_is_stopped() -> None:
    held = await talk(Said(blocks=[Text(text="wait")], stop="pause_turn"), cohort=cohort_of(max_turns=3))
    assert held.ended.problem is not None
    assert held.ended.turns == 3


@pytest.mark.parametrize("bad", ["I found nothing.", "", "[]", '{"findings": 3}', '{"findings": ['])
async def test_an_answer_that_cannot_be_read_is_mended_once(bad: str) -> None:
    held = await talk(bad, ANSWER)
    assert held.ended.text == ANSWER
    assert "Answer once more" in held.last_words
    assert all(message.blocks for message in held.asked[-1].messages)


async def test_a_second_answer_that_cannot_be_read_is_a_problem_that_says_why() -> None:
    held = await talk("no", "still no")
    assert "holds no findings as JSON" in (held.ended.problem or "")
    assert (held.ended.turns, held.ended.text) == (2, "")


@pytest.mark.parametrize("error", [ModelError("the model is overloaded"), SpentError("0.50 $ are spent")])
async def test_a_model_without_an_answer_or_a_limit_is_a_problem_and_no_exception(error: Exception) -> None:
    held = await talk(error)
    assert held.ended.problem == str(error)


async def test_uses_are_answered_in_their_order_and_at_the_same_time() -> None:
    both = anyio.Event()
    waiting: list[str] = []

    def waiter(name: str) -> OfferedTool:
        async def call(_: dict[str, JsonValue]) -> ToolAnswer:
            waiting.append(name)
            if len(waiting) == 2:
                both.set()
            await both.wait()
            return ToolAnswer(text=name, read=(f"{name}.py",))

        return OfferedTool(name=name, description="", schema={}, call=call)

    with anyio.fail_after(5):
        held = await talk(uses("one", "two"), ANSWER, tools=[waiter("one"), waiter("two")])
    assert [(result.use, result.text) for result in held.results] == [("use-0", "one"), ("use-1", "two")]
    assert held.ended.read == ("one.py", "two.py")
    assert sorted(event.tool for event in held.calls) == ["one", "two"]


async def test_thinking_is_sent_back_as_it_came() -> None:
    thought = Opaque(content={"type": "thinking", "thinking": "hm", "signature": "x"})
    held = await talk(Said(blocks=[thought, *uses("one").blocks]), ANSWER, tools=[tool("one", "1")])
    assert held.asked[-1].messages[1].blocks[0] == thought


@pytest.mark.parametrize("name", ["bash", "one\nsystem", "", "mcp__server__drop_table"])
async def test_a_tool_that_was_not_offered_is_an_error_that_names_those_that_were(name: str) -> None:
    held = await talk(uses(name), ANSWER, tools=[tool("one", "1")])
    (result,) = held.results
    assert result.is_error
    assert "you have one" in result.text
    assert held.ended.text == ANSWER


async def test_a_tool_that_breaks_is_an_error_for_the_model_and_the_others_answer() -> None:
    def broken(_: dict[str, JsonValue]) -> ToolAnswer:
        raise OSError("the server has ended")

    held = await talk(uses("bad", "good"), ANSWER, tools=[tool("bad", broken), tool("good", "1")])
    assert (held.results[1].is_error, held.results[1].text) == (False, "1")
    assert "the server has ended" in held.results[0].text
    assert next(event.problem for event in held.calls if event.tool == "bad")


async def test_a_tool_that_never_answers_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calling, "TOOL_SECONDS", 0.05)

    async def call(_: dict[str, JsonValue]) -> ToolAnswer:
        await anyio.sleep_forever()
        return ToolAnswer(text="")

    slow = OfferedTool(name="slow", description="", schema={}, call=call)
    with anyio.fail_after(5):
        held = await talk(uses("slow"), ANSWER, tools=[slow])
    assert "no answer in 0.05 seconds" in held.results[0].text


async def test_a_long_tool_answer_is_cut_and_the_cut_is_said() -> None:
    held = await talk(uses("long"), ANSWER, tools=[tool("long", "x" * (MAX_ANSWER + 500))])
    assert "(cut: 500 more characters; ask for a smaller part)" in held.results[0].text


async def test_all_tool_answers_together_are_bounded() -> None:
    long = tool("long", "x" * MAX_ANSWER)
    held = await talk(*[uses("long", "long", "long", "long")] * 8, ANSWER, tools=[long], cohort=cohort_of(max_turns=12))
    assert sum(len(result.text) for result in held.results) < calling.MAX_TEXT + 40 * 200
    assert "used up" in held.results[-1].text


async def test_too_many_uses_in_one_turn_are_answered_and_not_called() -> None:
    held = await talk(uses(*["one"] * 40), ANSWER, tools=[tool("one", "1")])
    assert len(held.results) == 40
    assert sum(result.is_error for result in held.results) == 40 - calling.MAX_TOGETHER


async def test_credentials_and_invisible_characters_of_a_tool_never_reach_the_model() -> None:
    held = await talk(uses("one"), ANSWER, tools=[tool("one", f"token {TOKEN} a\u200bb")])
    (result,) = held.results
    assert TOKEN[8:] not in result.text
    assert "a⟨U+200B⟩b" in result.text


async def test_before_the_last_turn_the_model_is_told_that_tools_are_over() -> None:
    held = await talk(uses("one"), uses("one"), ANSWER, tools=[tool("one", "1")], cohort=cohort_of(max_turns=3))
    assert held.last_words == LAST_TURN
    assert LAST_TURN not in str(held.asked[1])


async def test_a_model_that_only_calls_tools_is_stopped_and_every_use_is_answered() -> None:
    held = await talk(uses("one"), tools=[tool("one", "1")], cohort=cohort_of(max_turns=3))
    assert "tools are over" in (held.ended.problem or "")
    assert held.ended.turns == 4
    assert answered(held)
    assert len(held.calls) == 2


async def test_after_the_end_of_tools_an_answer_still_counts() -> None:
    held = await talk(uses("one"), uses("one"), ANSWER, tools=[tool("one", "1")], cohort=cohort_of(max_turns=2))
    assert held.ended.text == ANSWER
    assert answered(held)


async def test_a_use_with_arguments_that_are_no_object_is_not_sent_back() -> None:
    odd = Opaque(content={"type": "tool_use", "id": "x", "name": "one", "input": "text"})
    held = await talk(Said(blocks=[odd], stop="tool_use"), ANSWER)
    assert held.ended.text == ANSWER
    assert odd not in held.asked[-1].messages[1].blocks


async def test_whether_a_live_tool_was_asked_is_said() -> None:
    assert (await talk(uses("one"), ANSWER, tools=[tool("one", "1", live=True)])).ended.live
    assert not (await talk(uses("one"), ANSWER, tools=[tool("one", "1")])).ended.live


async def test_equal_conversations_ask_equal_requests() -> None:
    first = await talk(uses("one"), ANSWER, tools=[tool("one", "1")])
    second = await talk(uses("one"), ANSWER, tools=[tool("one", "1")])
    assert first.asked == second.asked


async def test_a_cancelled_conversation_is_cancelled() -> None:
    async def call(_: dict[str, JsonValue]) -> ToolAnswer:
        await anyio.sleep_forever()
        return ToolAnswer(text="")

    with anyio.move_on_after(0.05) as scope:
        await talk(uses("slow"), ANSWER, tools=[OfferedTool(name="slow", description="", schema={}, call=call)])
    assert scope.cancelled_caught


async def test_findings_that_break_a_limit_of_size_are_left_to_the_evidence() -> None:
    text = json.dumps({"findings": [{"path": ""}], "not_reviewed": []})
    assert (await talk(text)).ended.text == text


def answered(held: Talk) -> bool:
    """Whether each use in the last request has its result in the message that follows."""
    messages = held.asked[-1].messages
    return all(
        {block.id for block in message.blocks if isinstance(block, ToolUse)}
        == {block.use for block in after.blocks if isinstance(block, ToolResult)}
        for message, after in pairwise(messages)
        if message.role == "assistant"
    )


def answering(answer: ToolAnswer) -> Callable[[dict[str, JsonValue]], ToolAnswer]:
    """A tool that answers so, whatever it is asked."""
    return lambda _: answer


def pages(*numbers: int) -> ToolAnswer:
    """Lines of a file of four, as `read_file` shows them."""
    return ToolAnswer(
        text="lines", read=("big.py",), part=ShownPart(path="big.py", numbers=frozenset(numbers), count=4)
    )


async def test_a_file_is_seen_whole_only_when_every_line_of_it_was_shown() -> None:
    parts = {"first": pages(1, 2), "rest": pages(3, 4), "search": ToolAnswer(text="a hit", read=("big.py",))}
    tools = [tool(name, answering(part)) for name, part in parts.items()]
    partly = await talk(uses("first", "search"), ANSWER, tools=tools)
    assert (partly.ended.read, partly.ended.whole) == (("big.py",), ())
    whole = await talk(uses("first"), uses("search", "rest"), ANSWER, tools=tools)
    assert (whole.ended.read, whole.ended.whole) == (("big.py",), ("big.py",))


async def test_what_was_cut_for_want_of_room_was_not_seen() -> None:
    long = replace(pages(1, 2, 3, 4), text="x" * (MAX_ANSWER + 1))
    ended = (await talk(uses("all"), ANSWER, tools=[tool("all", answering(long))])).ended
    assert (ended.read, ended.whole) == (("big.py",), ())
