"""Zero silent matches: random edits of what is asked, and every one is reported with what differs."""

from __future__ import annotations

import socket
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from orchestrator.errors import CassetteError
from orchestrator.evaluate.recorded.subject import Subject
from orchestrator.models.anthropic_model import AnthropicModel
from orchestrator.models.calls import Caller
from orchestrator.models.cassettes.meta import Provenance
from orchestrator.models.cassettes.recording import Recording
from orchestrator.models.cassettes.replay import Replay
from orchestrator.models.cassettes.results import How, Result, State
from orchestrator.models.cassettes.slots import calling
from orchestrator.models.conversation import Ask, Message, Model, Text, ToolResult, ToolUse, nobody
from orchestrator.models.recorded import RecordedModel
from orchestrator.models.scripted import Said, ScriptedModel
from tests.evaluate.cassettes.edits import ASK, KINDS, OUTPUTS, PROJECT, Edit, edit
from tests.models.taping import models_are_closed, sdk_model

__all__ = ["models_are_closed"]
pytestmark = pytest.mark.anyio
EDITS = 264
CASE = "case-1"
_OPENED: list[str] = []
_LISTENING: list[bool] = []


def _audit(event: str, arguments: tuple[object, ...]) -> None:
    if _LISTENING and event == "socket.__new__" and socket.AF_INET in arguments:
        _OPENED.append("a socket")
    if _LISTENING and event in {"socket.connect", "socket.getaddrinfo"}:
        _OPENED.append(event)


sys.addaudithook(_audit)


@pytest.fixture
def sockets() -> Iterator[list[str]]:
    """What was opened or looked up while the test ran, told by the interpreter itself."""
    _OPENED.clear()
    _LISTENING.append(True)
    yield _OPENED
    _LISTENING.clear()


def script(ask: Ask) -> Said | str:
    """Wants a file, then a text, then says that there is nothing."""
    turn = sum(message.role == "assistant" for message in ask.messages)
    if turn == 2:
        return '{"findings": []}'
    name = ("read_file", "find_text")[turn]
    return Said(
        blocks=(Text(text="I look."), ToolUse(id=f"toolu_{turn}", name=name, arguments={"path": "src/load.py"}))
    )


async def converse(model: Model, edited: Edit) -> None:
    """The three turns of the conversation, as the edit has them."""
    messages = edited.ask.messages
    for turn in (1, 2, 3):
        ask = Ask(
            model=edited.ask.model,
            system=edited.ask.system,
            messages=messages,
            tools=edited.ask.tools,
            max_tokens=edited.ask.max_tokens,
            effort=edited.ask.effort,
            schema=edited.ask.schema,
        )
        with calling(Caller(who="delta-lake-expert", turn=turn)):
            reply = await model.reply(ask, nobody)
        if turn <= len(OUTPUTS):
            result = ToolResult(use=reply.uses[0].id, text=edited.outputs[turn - 1])
            messages = (
                *messages,
                Message(role="assistant", blocks=reply.blocks),
                Message(role="user", blocks=(result,)),
            )


def sha(edited: Edit) -> str:
    """The digest of the project of an edit."""
    return Subject.of(CASE, "input", dict(edited.project)).sha


PLAIN = Edit(kind="none", state=State.FRESH, components=())


@pytest.fixture
async def tape(tmp_path: Path) -> Path:
    """A recording of the script."""
    with Recording(tmp_path, case=CASE, provenance=Provenance(case_sha=sha(PLAIN))) as recording:
        await converse(RecordedModel(ScriptedModel(script), recording), PLAIN)
        recording.keep()
    return tmp_path


async def replayed(folder: Path, edited: Edit, model: AnthropicModel) -> Result:
    """What the replay of an edit comes to."""
    with Replay(folder, case=CASE, case_sha=sha(edited)) as replay, suppress(CassetteError):
        await converse(RecordedModel(model, replay), edited)
    (result,) = replay.results()
    return result


async def test_every_random_edit_is_reported_with_what_differs_and_no_socket_is_opened(
    tape: Path, sockets: list[str]
) -> None:
    model = sdk_model()
    wrong, seen = [], Counter[str]()
    for seed in range(EDITS):
        edited = edit(seed)
        result = await replayed(tape, edited, model)
        seen[edited.kind] += 1
        # A project that changed is told at its first turn, or at the end where every request is equal.
        found = (result.state, result.components, result.turn)
        if found != (edited.state, edited.components, edited.turn) or result.is_measured:
            wrong.append((seed, edited.kind, found))
    assert not wrong
    assert len(seen) == len(KINDS)
    assert min(seen.values()) >= EDITS // len(KINDS)
    assert sockets == []


async def test_without_an_edit_the_recording_is_fresh_and_still_no_measure_of_anybody(
    tape: Path, sockets: list[str]
) -> None:
    result = await replayed(tape, PLAIN, sdk_model())
    assert (result.state, result.how, result.is_measured) == (State.FRESH, How.SYNTHETIC, False)
    assert sockets == []


async def test_every_edit_changes_something_and_edits_of_one_seed_are_equal() -> None:
    plain = (ASK, OUTPUTS, tuple(PROJECT.items()))
    for seed in range(EDITS):
        edited = edit(seed)
        assert (edited.ask, edited.outputs, edited.project) != plain
        assert edit(seed) == edited
