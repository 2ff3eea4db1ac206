"""Claude through the official SDK: one streamed request an attempt, and the API's own count of its tokens."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import anthropic
import anyio

from orchestrator.models.conversation import Again, Ask, Began, Reply, Usage, freely
from orchestrator.models.mishaps import Endpoint, broken, mishap, no_stream
from orchestrator.models.wire import read_block, request_body

if TYPE_CHECKING:
    from anthropic.lib.streaming import AsyncMessageStream, ParsedMessageStreamEvent
    from anthropic.types import Usage as ApiUsage
    from anthropic.types.message_create_params import MessageCreateParamsBase
    from pydantic import JsonValue

    from orchestrator.models.retries import Progress, Retries

_STREAMS = ("text/event-stream", "application/vnd.amazon.eventstream")
_BY_HAND = ("x-orchestrate-how", "handoff")
"""The header by which the hand-off endpoint says what it is."""
_UNREADABLE = (ValueError, LookupError, AttributeError, TypeError, RuntimeError, AssertionError)
"""What the SDK raises over events that are none."""
_CHARACTERS = 3
"""Fewest characters that a token has on average, so that an estimate of a broken answer is not too low."""

Client = (
    anthropic.AsyncAnthropic
    | anthropic.AsyncAnthropicBedrock
    | anthropic.AsyncAnthropicVertex
    | anthropic.AsyncAnthropicFoundry
)
"""Any client of the SDK; it must be made with `max_retries=0`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Seconds: to connect, without a byte, and for one whole attempt."""

    connect: float = 5.0
    idle: float = 120.0
    attempt: float = 600.0


class AnthropicModel:
    """A model of Anthropic's at one endpoint; close it when nobody asks any more."""

    def __init__(self, client: Client, *, endpoint: Endpoint, retries: Retries, limits: Limits) -> None:
        self._client = client
        self._endpoint = endpoint
        self._retries = retries
        self._limits = limits

    def __repr__(self) -> str:
        return f"AnthropicModel({self._endpoint.provider!r})"

    async def reply(self, ask: Ask, began: Began, again: Again = freely) -> Reply:
        """The answer, whatever its stop reason; `began` is told once, when the first attempt begins to answer, and
        `again` is asked before an attempt that had begun is repeated.

        Raises:
            UnansweredError: there is no answer; it says why and whether another try could help.
        """
        return await self._retries.run(lambda progress: self._attempt(ask, progress), began, again)

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    async def _attempt(self, ask: Ask, progress: Progress) -> Reply:
        """One request, sent once.

        Raises:
            UnansweredError: what went wrong, as one sentence.
        """
        try:
            with anyio.fail_after(self._limits.attempt) as scope:
                return await self._ask(ask, progress, scope)
        except Exception as error:
            raise mishap(error, ask.model, self._endpoint) from error

    async def _ask(self, ask: Ask, progress: Progress, scope: anyio.CancelScope) -> Reply:
        body = {**request_body(ask), "model": ask.model.removeprefix(self._endpoint.prefix)}
        if not self._endpoint.moves_breakpoint:
            _mark_end(body)
        # What `request_body` writes is that type by its construction; the loopback server checks it in tests.
        asked = self._client.messages.stream(**cast("MessageCreateParamsBase", body))
        async with asked as stream:
            self._check(stream)
            if stream.response.headers.get(_BY_HAND[0]) == _BY_HAND[1]:
                # A person answers: bytes come, words may take hours.
                scope.deadline = math.inf
            ended = False
            characters = 0
            while (event := await _next(stream, ask.model)) is not None:
                if event.type == "message_start":
                    progress.begin(_counted(event.message.usage, ask.model))
                elif event.type == "content_block_delta":
                    characters += _length(event.delta)
                    progress.grow(math.ceil(characters / _CHARACTERS))
                ended = ended or event.type == "message_stop"
            return _reply(stream, ask.model, ended=ended)

    def _check(self, stream: AsyncMessageStream[None]) -> None:
        kind = stream.response.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind and kind not in _STREAMS:
            raise no_stream(kind, self._endpoint)


def _mark_end(body: dict[str, JsonValue]) -> None:
    """Set the breakpoint at the end of the conversation, where the provider does not set it by itself."""
    breakpoint_ = body.pop("cache_control", None)
    match body["messages"]:
        case [*_, {"content": [*_, dict() as last] as blocks}] if isinstance(blocks, list):
            blocks[-1] = {**last, "cache_control": breakpoint_}


async def _next(stream: AsyncMessageStream[None], model: str) -> ParsedMessageStreamEvent[None] | None:
    try:
        return await anext(stream)
    except StopAsyncIteration:
        return None
    except _UNREADABLE as error:
        raise broken(model) from error


def _reply(stream: AsyncMessageStream[None], model: str, *, ended: bool) -> Reply:
    """The whole message.

    Raises:
        UnansweredError: its end has not come.
    """
    if not ended:
        raise broken(model)
    message = stream.current_message_snapshot
    if message.stop_reason is None:
        raise broken(model)
    return Reply(
        id=message.id,
        model=message.model,
        blocks=tuple(read_block(cast("dict[str, JsonValue]", block.to_dict(mode="json"))) for block in message.content),
        stop=message.stop_reason,
        usage=_counted(message.usage, model),
    )


def _counted(told: ApiUsage, model: str) -> Usage:
    try:
        return _usage(told)
    except _UNREADABLE as error:
        raise broken(model) from error


def _usage(told: ApiUsage) -> Usage:
    """The API's count; all that is written to the cache counts as five minutes' where it does not say which."""
    written = told.cache_creation_input_tokens or 0
    hour = told.cache_creation.ephemeral_1h_input_tokens if told.cache_creation else 0
    return Usage(
        input_tokens=told.input_tokens or 0,
        output_tokens=told.output_tokens or 0,
        cache_read_tokens=told.cache_read_input_tokens or 0,
        cache_write_tokens=max(written - hour, 0),
        cache_write_1h_tokens=hour,
    )


def _length(delta: object) -> int:
    return sum(len(getattr(delta, name, None) or "") for name in ("text", "partial_json", "thinking"))
