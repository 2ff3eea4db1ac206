"""An answer as the API writes it: the message whole, or its events."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

from tests.models.answers import Answer, Asked, Block, text
from tests.models.cache import Usage, tokens

PIECE = 40
"""Characters of a delta."""


def message(asked: Asked, answer: Answer, usage: Usage) -> dict[str, Any]:
    """The whole message."""
    calls = any(block["type"] == "tool_use" for block in answer.blocks)
    return {
        # Some clients join messages of one id into one.
        "id": f"msg_{uuid4().hex}",
        "type": "message",
        "role": "assistant",
        "model": answer.model or asked.body.get("model", "claude"),
        "content": list(answer.blocks),
        "stop_reason": answer.stop or ("tool_use" if calls else "end_turn"),
        "stop_sequence": None,
        "usage": {
            "input_tokens": usage.input_tokens,
            "output_tokens": usage.output_tokens,
            "cache_creation_input_tokens": usage.written + usage.written_1h,
            "cache_read_input_tokens": usage.read,
            "cache_creation": {
                "ephemeral_5m_input_tokens": usage.written,
                "ephemeral_1h_input_tokens": usage.written_1h,
            },
            "service_tier": "standard",
        },
    }


def events(asked: Asked, answer: Answer, usage: Usage) -> Iterator[str]:
    """The events of the stream, one server-sent event each."""
    whole = message(asked, answer, usage)
    begun = {**whole["usage"], "output_tokens": 1}
    yield event("message_start", {"message": {**whole, "content": [], "stop_reason": None, "usage": begun}})
    yield event("ping", {})
    for index, block in enumerate(answer.blocks):
        yield from _block(index, block)
    stop = {"stop_reason": whole["stop_reason"], "stop_sequence": None}
    yield event("message_delta", {"delta": stop, "usage": {"output_tokens": usage.output_tokens}})
    yield event("message_stop", {})


def _block(index: int, block: Block) -> Iterator[str]:
    match block["type"]:
        case "text":
            empty, name, kind, whole = text(""), "text", "text_delta", block["text"]
        case "thinking":
            empty, name, kind, whole = {**block, "thinking": ""}, "thinking", "thinking_delta", block["thinking"]
        case "tool_use":
            empty, name, kind = {**block, "input": {}}, "partial_json", "input_json_delta"
            whole = json.dumps(block["input"])
        case _:
            empty, name, kind, whole = block, "", "", ""
    yield event("content_block_start", {"index": index, "content_block": empty})
    for start in range(0, len(whole), PIECE):
        delta = {"type": kind, name: whole[start : start + PIECE]}
        yield event("content_block_delta", {"index": index, "delta": delta})
    yield event("content_block_stop", {"index": index})


def event(kind: str, data: dict[str, Any]) -> str:
    """One server-sent event."""
    return f"event: {kind}\ndata: {json.dumps({'type': kind, **data})}\n\n"


def output_tokens(answer: Answer) -> int:
    """What the answer costs."""
    return tokens(list(answer.blocks)) if answer.output_tokens is None else answer.output_tokens
