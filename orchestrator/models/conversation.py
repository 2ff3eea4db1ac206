"""The nouns of a conversation with a model, and the one method that every model has.

They follow the Messages API, whose words they use. Nothing here imports an SDK.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Literal, Protocol

from pydantic import JsonValue

from orchestrator.errors import ModelError

Effort = Literal["low", "medium", "high", "max"]
Began = Callable[[], None]
"""Told once, when the first byte of the answer has come: from then on others may read the cache that the call wrote."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """Words."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolUse:
    """A tool that the model wants called."""

    id: str
    name: str
    arguments: dict[str, JsonValue] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolResult:
    """What a tool answered to the use of that id."""

    use: str
    text: str
    is_error: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Opaque:
    """A block that we do not read and must send back as it came, such as thinking."""

    content: dict[str, JsonValue]


Block = Text | ToolUse | ToolResult | Opaque


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One turn of one side."""

    role: Literal["user", "assistant"]
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemText:
    """A block of the system prompt; `shared` ones are the same for a whole cohort and end with a cache breakpoint."""

    text: str
    shared: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolCard:
    """A tool as the model sees it: the schema is JSON Schema of an object, `strict` where the API shall hold it."""

    name: str
    description: str
    schema: dict[str, JsonValue]
    strict: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One request to a model, whole; `schema` is that of the structured answer, None for free text."""

    model: str
    system: tuple[SystemText, ...]
    messages: tuple[Message, ...]
    tools: tuple[ToolCard, ...] = ()
    schema: dict[str, JsonValue] | None = None
    max_tokens: int = 16_000
    effort: Effort = "medium"


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Tokens of one call as the API counts them; `input_tokens` are those outside the cache."""

    input_tokens: int = 0
    output_tokens: int = 0
    cache_read_tokens: int = 0
    cache_write_tokens: int = 0
    cache_write_1h_tokens: int = 0

    def __sub__(self, other: Usage) -> Usage:
        """What is left without the other, never below 0."""
        return Usage(
            input_tokens=max(self.input_tokens - other.input_tokens, 0),
            output_tokens=max(self.output_tokens - other.output_tokens, 0),
            cache_read_tokens=max(self.cache_read_tokens - other.cache_read_tokens, 0),
            cache_write_tokens=max(self.cache_write_tokens - other.cache_write_tokens, 0),
            cache_write_1h_tokens=max(self.cache_write_1h_tokens - other.cache_write_1h_tokens, 0),
        )

    def __add__(self, other: Usage) -> Usage:
        """Both together."""
        return Usage(
            input_tokens=self.input_tokens + other.input_tokens,
            output_tokens=self.output_tokens + other.output_tokens,
            cache_read_tokens=self.cache_read_tokens + other.cache_read_tokens,
            cache_write_tokens=self.cache_write_tokens + other.cache_write_tokens,
            cache_write_1h_tokens=self.cache_write_1h_tokens + other.cache_write_1h_tokens,
        )

    @property
    def tokens(self) -> int:
        """All tokens of the call, in and out."""
        cached = self.cache_read_tokens + self.cache_write_tokens + self.cache_write_1h_tokens
        return self.input_tokens + self.output_tokens + cached


Again = Callable[[Usage], Awaitable[None]]
"""Asked before a request is sent once more after an attempt that had begun, and told what that one came to: it books
that and makes room for another, or raises what ends the call."""


async def freely(_wasted: Usage) -> None:
    """Lets every attempt be repeated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What a model answered; `stop` is the API's stop reason, `model` the one that answered, `seconds` wall time."""

    id: str
    model: str
    blocks: tuple[Block, ...]
    stop: str
    usage: Usage = field(default_factory=Usage)
    wasted: Usage = field(default_factory=Usage)
    """What attempts cost that had begun and then broke; their output is an estimate."""
    seconds: float = 0.0
    attempts: int = 1
    kept: bool = False
    """Whether it was kept from an earlier call, so that nothing was paid now."""

    @property
    def text(self) -> str:
        """Its words, joined."""
        return "".join(block.text for block in self.blocks if isinstance(block, Text))

    @property
    def uses(self) -> tuple[ToolUse, ...]:
        """The tools that it wants called."""
        return tuple(block for block in self.blocks if isinstance(block, ToolUse))


class Model(Protocol):
    """Who can answer."""

    async def reply(self, ask: Ask, began: Began, again: Again = freely) -> Reply:
        """The answer to one request; calls `began` when the answer has begun, and asks `again` before it repeats it.

        Raises:
            UnansweredError: there is no answer; it says why and whether another try could help.
        """


class OpenedModel(Model, Protocol):
    """A model that holds connections until it is closed."""

    async def close(self) -> None:
        """Close the connections."""


class UnansweredError(ModelError):
    """A model that gave no answer; `transient` where the same request may be answered later.

    `unreachable` where no connection came about. `usage` is what the attempts cost that had begun, None where none had;
    their output is an estimate, for the API counts it at the end. `retry_after` is what the API asked to wait.
    """

    def __init__(
        self,
        message: str,
        *,
        transient: bool = False,
        unreachable: bool = False,
        retry_after: float | None = None,
        usage: Usage | None = None,
        attempts: int = 1,
    ) -> None:
        super().__init__(message)
        self.transient = transient
        self.unreachable = unreachable
        self.retry_after = retry_after
        self.usage = usage
        self.attempts = attempts


def nobody() -> None:
    """Tells nobody that an answer has begun."""
