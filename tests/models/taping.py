"""What the tests of recordings share: a conversation of two turns, recorded through the SDK from a loopback API."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import anthropic
import anyio
import pytest

from orchestrator.models.anthropic_model import AnthropicModel, Limits
from orchestrator.models.calls import Caller
from orchestrator.models.cassettes.meta import Provenance
from orchestrator.models.cassettes.recording import Recording
from orchestrator.models.cassettes.replay import Replay
from orchestrator.models.cassettes.slots import calling
from orchestrator.models.conversation import (
    Ask,
    Message,
    Model,
    Reply,
    SystemText,
    Text,
    ToolCard,
    ToolResult,
    nobody,
)
from orchestrator.models.mishaps import Endpoint
from orchestrator.models.recorded import RecordedModel
from orchestrator.models.retries import Patience, Retries
from tests.models.answers import Asked, Block, text, use
from tests.models.messages_api import Served, serving

KEY = "key-of-a-test-that-never-lands-on-disk"
NOWHERE = "http://127.0.0.1:9"
"""Nobody listens there: a replay must not need anybody."""
_OPEN: list[AnthropicModel] = []
READ = ToolCard(name="read_file", description="Reads a file.", schema={"type": "object", "properties": {"path": {}}})
ASK = Ask(
    model="claude-opus-5-5",
    system=(
        SystemText(text="The project:\n\ndef load():\n    pass", shared=True),
        SystemText(text="You review joins.  Quote lines."),
    ),
    messages=(Message(role="user", blocks=(Text(text="Review the project."),)),),
    tools=(READ,),
    max_tokens=4000,
)


def script(asked: Asked) -> list[Block]:
    """Wants a file first, then says what it was told."""
    if asked.turn == 0:
        return [text("I look."), use("read_file", "toolu_1", path="a.py")]
    return [text(f"I saw: {asked.last}")]


def sdk_model(address: str = NOWHERE, sleep: Callable[[float], Awaitable[None]] = anyio.sleep) -> AnthropicModel:
    """The real SDK at an address."""
    client = anthropic.AsyncAnthropic(api_key=KEY, base_url=address, max_retries=0)
    endpoint = Endpoint(provider="anthropic", credential="ANTHROPIC_API_KEY", address="ANTHROPIC_BASE_URL")
    retries = Retries(slots=anyio.Semaphore(16), sleep=sleep, patience=Patience(first=0.01))
    _OPEN.append(AnthropicModel(client, endpoint=endpoint, retries=retries, limits=Limits()))
    return _OPEN[-1]


@pytest.fixture(autouse=True)
async def models_are_closed() -> AsyncIterator[None]:
    """Close the connections of the models that a test made."""
    yield
    while _OPEN:
        await _OPEN.pop().close()


def second(ask: Ask, reply: Reply, said: str = "x = 1") -> Ask:
    """The request of the second turn: the answer of the first one, and what the tool gave."""
    result = ToolResult(use=reply.uses[0].id, text=said)
    turns = (Message(role="assistant", blocks=reply.blocks), Message(role="user", blocks=(result,)))
    return replace(ask, messages=(*ask.messages, *turns))


async def converse(model: Model, *, who: str = "joins", ask: Ask = ASK, said: str = "x = 1") -> tuple[Reply, Reply]:
    """Both turns of one agent."""
    with calling(Caller(who=who, turn=1)):
        first = await model.reply(ask, nobody)
    with calling(Caller(who=who, turn=2)):
        return first, await model.reply(second(ask, first, said), nobody)


@contextmanager
def loopback() -> Iterator[Served]:
    """The API of the script."""
    with serving(script) as api:
        yield api


async def record(folder: Path, *, who: str = "joins", ask: Ask = ASK, case: str = "case-1", epoch: int = 1) -> Path:
    """Record the conversation; returns the cassette's file."""
    with loopback() as api, Recording(folder, case=case, epoch=epoch, provenance=Provenance(case_sha="c1")) as tape:
        await converse(RecordedModel(sdk_model(api.address), tape), who=who, ask=ask)
        return tape.keep()[0]


def replaying(folder: Path, *, case_sha: str = "c1", accept_cosmetic: bool = False) -> Replay:
    """A replay of the case that `record` records."""
    return Replay(folder, case="case-1", case_sha=case_sha, accept_cosmetic=accept_cosmetic)
