"""How many tokens a prompt has at most, known before it is sent and without asking anyone.

A tokenizer over bytes makes at most one token of each byte; on average it makes one of 2.5 characters. So text that was
never counted is taken at one token a byte, plus what the API adds around it, and text that was counted is taken at its
count: what a cohort shares is known from the first call that ended, and a conversation from its last turn. The bound is
two to three times too high for the first call of a cohort and within a few percent afterwards.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import assert_never

from pydantic import JsonValue

from orchestrator.models.conversation import Ask, Block, Message, Opaque, Text, ToolCard, ToolResult, ToolUse, Usage
from orchestrator.models.wire import canonical

FRAME = 1_500
"""Tokens that the API adds to a request for tools and structured output."""
BLOCK = 16
"""Tokens that the API adds around a block."""
_SLACK = 1.01
"""A count of an equal text may differ by a little from one request to the next."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Turn:
    ask: Ask
    prompt: int


class PromptSizes:
    """Bounds on the prompts of a run, which learns from each call that ended."""

    def __init__(self) -> None:
        self._turns: dict[str, _Turn] = {}
        self._shared: dict[str, int] = {}
        self._tools: tuple[tuple[ToolCard, ...], int] = ((), 0)

    def bound(self, ask: Ask, *, who: str, prefix: str) -> int:
        """The number of tokens that the prompt of this request has at most."""
        own = messages_size(ask.messages)
        bounds = [self._prefix_size(ask) + _system_size(ask, shared=False) + own]
        if prefix in self._shared:
            bounds.append(_slack(self._shared[prefix]) + _system_size(ask, shared=False) + own)
        last = self._turns.get(who)
        if last is not None and _continues(ask, last.ask):
            added = messages_size(ask.messages[len(last.ask.messages) :])
            bounds.append(_slack(last.prompt) + added)
        return min(bounds)

    def learn(self, ask: Ask, usage: Usage, *, who: str, prefix: str) -> None:
        """Take the count of a call that ended; one that counts nothing teaches nothing."""
        prompt = usage.tokens - usage.output_tokens
        if prompt <= 0:
            return
        self._turns[who] = _Turn(ask=ask, prompt=prompt)
        self._shared[prefix] = min(prompt, self._shared.get(prefix, prompt))

    def _prefix_size(self, ask: Ask) -> int:
        cards, size = self._tools
        if cards is not ask.tools:
            size = sum(_tool_size(card) for card in ask.tools)
            self._tools = (ask.tools, size)
        schema = 0 if ask.schema is None else _json_size(ask.schema)
        return FRAME + size + schema + _system_size(ask, shared=True)


def messages_size(messages: Sequence[Message]) -> int:
    """The tokens that these messages have at most."""
    return sum(BLOCK + _block_size(block) for message in messages for block in message.blocks)


def text_size(text: str) -> int:
    """The tokens that a text has at most: its bytes."""
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))


def _block_size(block: Block) -> int:
    match block:
        case Text():
            return text_size(block.text)
        case ToolUse():
            return text_size(block.name) + _json_size(block.arguments)
        case ToolResult():
            return text_size(block.text)
        case Opaque():
            return _json_size(block.content)
        case _:
            assert_never(block)


def _system_size(ask: Ask, *, shared: bool) -> int:
    return sum(BLOCK + text_size(block.text) for block in ask.system if block.shared is shared)


def _tool_size(card: ToolCard) -> int:
    return BLOCK + text_size(card.name) + text_size(card.description) + _json_size(card.schema)


def _json_size(value: JsonValue) -> int:
    return text_size(canonical(value))


def _slack(tokens: int) -> int:
    return int(tokens * _SLACK) + BLOCK


def _continues(ask: Ask, last: Ask) -> bool:
    """Whether the request is the last one of the same caller with messages added."""
    same = (ask.model, ask.system, ask.tools, ask.schema) == (last.model, last.system, last.tools, last.schema)
    return same and ask.messages[: len(last.messages)] == last.messages
