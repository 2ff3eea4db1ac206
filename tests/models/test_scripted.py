"""The scripted model: a function or a file answers, and every reply says that it was scripted."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from orchestrator.errors import ModelSetupError
from orchestrator.models.conversation import Ask, Message, SystemText, Text, ToolResult, ToolUse, UnansweredError, Usage
from orchestrator.models.conversation import nobody as nobody_is_told
from orchestrator.models.providers import open_model
from orchestrator.models.scripted import MAX_BYTES, Said, ScriptedModel
from tests.models.asking import ask

pytestmark = pytest.mark.anyio
SCRIPT = """
answers:
  - when: You are the streaming specialist
    turns:
      - uses: [{tool: read_file, arguments: {path: a.py}}]
      - json: {findings: []}
        stop: max_tokens
  - when: ""
    turns: [{text: nothing to say}]
"""


def persona(words: str) -> Ask:
    return ask(system=(SystemText(text="project", shared=True), SystemText(text=words)))


async def test_a_function_answers_and_the_requests_are_kept() -> None:
    began: list[int] = []
    model = ScriptedModel(lambda asked: f"to {asked.model}")
    reply = await model.reply(ask(), lambda: began.append(1))
    assert (reply.text, reply.stop, reply.model, reply.usage) == ("to claude-opus-5-5", "end_turn", "scripted", Usage())
    assert (model.asked, began) == ([ask()], [1])
    assert reply.id == (await model.reply(ask(), nobody_is_told)).id


async def test_what_the_function_raises_is_what_the_model_raises() -> None:
    def refuse(asked: Ask) -> Said:
        raise UnansweredError(f"{asked.model} is away", transient=True)

    began: list[int] = []
    with pytest.raises(UnansweredError, match="is away"):
        await ScriptedModel(refuse).reply(ask(), lambda: began.append(1))
    assert began == []


async def test_a_file_answers_by_the_system_prompt_turn_by_turn(tmp_path: Path) -> None:
    path = tmp_path / "script.yaml"
    path.write_text(SCRIPT, encoding="utf-8")
    model = open_model(f"scripted:{path}", {})
    asked = persona("You are the streaming specialist.\n")
    one = await model.reply(asked, nobody_is_told)
    assert one.uses == (ToolUse(id="toolu_0_0", name="read_file", arguments={"path": "a.py"}),)
    result = Message(role="user", blocks=(ToolResult(use="toolu_0_0", text="x"),))
    second = replace(asked, messages=(*asked.messages, Message(role="assistant", blocks=one.blocks), result))
    two = await model.reply(second, nobody_is_told)
    assert (one.stop, two.stop, two.text) == ("tool_use", "max_tokens", '{"findings":[]}')
    assert (await model.reply(persona("another"), nobody_is_told)).blocks == (Text(text="nothing to say"),)
    third = replace(second, messages=(*second.messages, Message(role="assistant", blocks=two.blocks), result))
    with pytest.raises(UnansweredError, match=r"has 2 turns .* add turn 3"):
        await model.reply(third, nobody_is_told)
    await model.close()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (None, "cannot be read: No such file"),
        ("answers: [{when: a}]", "answers.0.turns: Field required"),
        ("answers: [{turns: [{words: a}]}]", "answers.0.turns.0.words: Extra inputs"),
        ("answers: [", "it is not YAML"),
        ("[1]", "is no script: the file"),
        ("#" * (MAX_BYTES + 1), "is no script"),
    ],
)
def test_a_file_that_is_no_script_is_one_sentence(content: str | None, sentence: str, tmp_path: Path) -> None:
    path = tmp_path / "script.yaml"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    with pytest.raises(ModelSetupError, match=sentence) as caught:
        open_model(f"scripted:{path}", {})
    assert "\n" not in str(caught.value)
