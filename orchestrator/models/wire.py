"""A request as the Messages API takes it and a reply as it gives one: canonical, so that equal asks have one digest."""

from __future__ import annotations

import json
from hashlib import sha256

from pydantic import BaseModel, JsonValue, ValidationError

from orchestrator.models.conversation import (
    Ask,
    Block,
    Message,
    Opaque,
    Reply,
    SystemText,
    Text,
    ToolCard,
    ToolResult,
    ToolUse,
    Usage,
)

_BREAKPOINT: dict[str, JsonValue] = {"type": "ephemeral"}


def request_body(ask: Ask) -> dict[str, JsonValue]:
    """The body of the request; whether it streams is not part of it.

    A shared block of the system prompt ends with a cache breakpoint; the conversation has a moving one at its end.
    """
    config: dict[str, JsonValue] = {"effort": ask.effort}
    if ask.schema is not None:
        config["format"] = {"type": "json_schema", "schema": ask.schema}
    body: dict[str, JsonValue] = {
        "model": ask.model,
        "max_tokens": ask.max_tokens,
        "system": [_system(block) for block in ask.system],
        "messages": [_message(message) for message in ask.messages],
        "output_config": config,
        "cache_control": dict(_BREAKPOINT),
    }
    if ask.tools:
        body["tools"] = [_tool(card) for card in ask.tools]
    return body


def canonical(value: JsonValue) -> str:
    """JSON with sorted keys and no spaces: the same text for the same value."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest(ask: Ask) -> str:
    """The sha256 of the whole request, in hexadecimal digits."""
    return sha256(canonical(request_body(ask)).encode("utf-8", "surrogatepass")).hexdigest()


def prefix_digest(ask: Ask) -> str:
    """The sha256 of what a cohort shares: model, tools, output, effort and the shared blocks of the system prompt."""
    shared: JsonValue = [block.text for block in ask.system if block.shared]
    parts: JsonValue = [ask.model, [_tool(card) for card in ask.tools], ask.schema, ask.effort, shared]
    return sha256(canonical(parts).encode("utf-8", "surrogatepass")).hexdigest()


def block_json(block: Block) -> dict[str, JsonValue]:
    """A block as the API writes it."""
    match block:
        case Text():
            return {"type": "text", "text": block.text}
        case ToolUse():
            return {"type": "tool_use", "id": block.id, "name": block.name, "input": block.arguments}
        case ToolResult():
            result: dict[str, JsonValue] = {"type": "tool_result", "tool_use_id": block.use, "content": block.text}
            return {**result, "is_error": True} if block.is_error else result
        case Opaque():
            return block.content


def read_block(content: dict[str, JsonValue]) -> Block:
    """The block in the API's JSON; one of a kind that is unknown is opaque."""
    kind, arguments = content.get("type"), content.get("input")
    if kind == "text":
        return Text(text=str(content.get("text", "")))
    if kind == "tool_use" and isinstance(arguments, dict):
        return ToolUse(id=str(content.get("id", "")), name=str(content.get("name", "")), arguments=arguments)
    return Opaque(content=content)


def reply_json(reply: Reply) -> dict[str, JsonValue]:
    """A reply as it is kept."""
    usage = reply.usage
    return {
        "id": reply.id,
        "model": reply.model,
        "stop": reply.stop,
        "blocks": [block_json(block) for block in reply.blocks],
        "usage": {name: getattr(usage, name) for name in _COUNTS},
        "seconds": reply.seconds,
        "attempts": reply.attempts,
    }


_COUNTS = ("input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens", "cache_write_1h_tokens")


def _system(block: SystemText) -> dict[str, JsonValue]:
    text: dict[str, JsonValue] = {"type": "text", "text": block.text}
    return {**text, "cache_control": dict(_BREAKPOINT)} if block.shared else text


def _message(message: Message) -> dict[str, JsonValue]:
    return {"role": message.role, "content": [block_json(block) for block in message.blocks]}


def _tool(card: ToolCard) -> dict[str, JsonValue]:
    tool: dict[str, JsonValue] = {"name": card.name, "description": card.description, "input_schema": card.schema}
    return {**tool, "strict": True} if card.strict else tool


def read_reply(kept: JsonValue) -> Reply | None:
    """The reply that `reply_json` wrote; None where it is none, so that a damaged store costs a call and no more."""
    try:
        return _Kept.model_validate(kept).reply()
    except ValidationError:
        return None


class _Kept(BaseModel):
    id: str
    model: str
    stop: str
    blocks: list[dict[str, JsonValue]]
    usage: dict[str, int]
    seconds: float
    attempts: int

    def reply(self) -> Reply:
        return Reply(
            id=self.id,
            model=self.model,
            stop=self.stop,
            blocks=tuple(read_block(block) for block in self.blocks),
            usage=Usage(**{name: self.usage.get(name, 0) for name in _COUNTS}),
            seconds=self.seconds,
            attempts=self.attempts,
            kept=True,
        )
