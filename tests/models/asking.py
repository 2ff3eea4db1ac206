"""Requests and models that the tests of models share."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import anyio

from orchestrator.models.anthropic_model import AnthropicModel, Limits
from orchestrator.models.clients import client
from orchestrator.models.conversation import Ask, Message, SystemText, Text
from orchestrator.models.mishaps import Endpoint
from orchestrator.models.retries import Patience, Retries

MODEL = "claude-opus-5-5"
KEY = "sk-ant-test-5f0e1c9a7b3d"


def ask(words: str = "Review this.", *, system: tuple[SystemText, ...] = (), model: str = MODEL) -> Ask:
    """A request with one message."""
    return Ask(model=model, system=system, messages=(Message(role="user", blocks=(Text(text=words),)),))


@dataclass
class Waits:
    """A clock that only pauses move; `pauses` holds how long they were."""

    now: float = 0.0
    pauses: list[float] = field(default_factory=list)
    during: Callable[[], None] = lambda: None

    async def sleep(self, seconds: float) -> None:
        self.pauses.append(round(seconds, 6))
        self.now += seconds
        self.during()
        await anyio.lowlevel.checkpoint()

    def clock(self) -> float:
        return self.now


@asynccontextmanager
async def opened(
    address: str,
    *,
    waits: Waits | None = None,
    patience: Patience | None = None,
    limits: Limits | None = None,
    slots: int = 8,
) -> AsyncIterator[AnthropicModel]:
    """A model at that address, whose pauses take no time."""
    waits, limits = waits or Waits(), limits or Limits(connect=5, idle=5, attempt=10)
    environment = {"ANTHROPIC_API_KEY": KEY, "ANTHROPIC_BASE_URL": address}
    model = AnthropicModel(
        client("direct", environment, connect=limits.connect, idle=limits.idle),
        endpoint=Endpoint(
            provider="the Anthropic API",
            credential="ANTHROPIC_API_KEY",
            address="ANTHROPIC_BASE_URL",
            secrets=(KEY,),
        ),
        retries=Retries(
            slots=anyio.Semaphore(slots),
            patience=patience or Patience(),
            sleep=waits.sleep,
            clock=waits.clock,
            chance=lambda: 0.0,
        ),
        limits=limits,
    )
    try:
        yield model
    finally:
        await model.close()
