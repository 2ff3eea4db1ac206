"""A message of the Messages API as its stream of events, and the message that a stream of events adds up to."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field

from pydantic import JsonValue

Body = dict[str, JsonValue]

_GROWING = {"text_delta": ("text", "text"), "thinking_delta": ("thinking", "thinking")}
"""The deltas that add words to a field of their block: the field of the delta, and that of the block."""
_EMPTY = {"text": "text", "thinking": "thinking"}


class UnknownEventError(ValueError):
    """A stream holds what this module cannot add up; it names the event."""


def events_of(message: Body) -> Iterator[str]:
    """The events of a whole message, one delta a block."""
    yield started(message)
    yield from rest_of(message)


def started(message: Body) -> str:
    """The event that begins a message; its content is still empty."""
    return event("message_start", {"message": {**message, "content": [], "stop_reason": None, "stop_sequence": None}})


def rest_of(message: Body) -> Iterator[str]:
    """The events of a message after its beginning."""
    blocks = message.get("content")
    for index, block in enumerate(blocks if isinstance(blocks, list) else []):
        if isinstance(block, dict):
            yield from _block_events(index, block)
    delta: JsonValue = {name: message.get(name) for name in ("stop_reason", "stop_sequence")}
    yield event("message_delta", {"delta": delta, "usage": message.get("usage") or {}})
    yield event("message_stop", {})


def event(kind: str, fields: Body) -> str:
    """One event as it stands on the wire."""
    return f"event: {kind}\ndata: {json.dumps({'type': kind, **fields})}\n\n"


def message_of(stream: str) -> Body | None:
    """The message that the events add up to; None where the stream is cut off or tells of an error.

    Raises:
        UnknownEventError: an event or a delta is of a kind that is not known.
    """
    sum_ = _Sum()
    for data in _data(stream):
        if data.get("type") == "error":
            return None
        sum_.add(data)
    return sum_.whole()


@dataclass(slots=True)
class _Sum:
    """What the events so far add up to."""

    message: Body | None = None
    blocks: dict[int, Body] = field(default_factory=dict)
    inputs: dict[int, str] = field(default_factory=dict)
    ended: bool = False

    def add(self, data: Body) -> None:
        index = data.get("index")
        match data.get("type"):
            case "message_start":
                self.message = _object(data.get("message"))
            case "content_block_start" if isinstance(index, int):
                self.blocks[index] = _object(data.get("content_block"))
            case "content_block_delta" if isinstance(index, int):
                self._grow(index, _object(data.get("delta")))
            case "message_delta":
                self._close(data)
            case "message_stop":
                self.ended = True
            case "ping" | "content_block_stop":
                pass
            case other:
                raise UnknownEventError(f"an event of the kind {other!r}")

    def whole(self) -> Body | None:
        if self.message is None or not self.ended:
            return None
        for index, text in self.inputs.items():
            arguments = _parsed(text)
            if arguments is None:
                return None
            self.blocks[index]["input"] = arguments
        content: list[JsonValue] = [self.blocks[index] for index in sorted(self.blocks)]
        return {**self.message, "content": content}

    def _grow(self, index: int, delta: Body) -> None:
        kind = str(delta.get("type"))
        block = self.blocks.setdefault(index, {})
        if kind in _GROWING:
            source, target = _GROWING[kind]
            block[target] = f"{block.get(target) or ''}{delta.get(source) or ''}"
        elif kind == "input_json_delta":
            self.inputs[index] = self.inputs.get(index, "") + str(delta.get("partial_json") or "")
        elif kind == "signature_delta":
            block["signature"] = delta.get("signature")
        elif kind == "citations_delta":
            known = block.get("citations")
            block["citations"] = [*(known if isinstance(known, list) else []), delta.get("citation")]
        else:
            raise UnknownEventError(f"a delta of the kind {kind!r}")

    def _close(self, data: Body) -> None:
        message = self.message or {}
        usage = {**_object(message.get("usage")), **_object(data.get("usage"))}
        self.message = {**message, **_object(data.get("delta")), "usage": usage}


def _block_events(index: int, block: Body) -> Iterator[str]:
    kind = str(block.get("type"))
    start, deltas = dict(block), list[Body]()
    if kind in _EMPTY and isinstance(block.get(kind), str):
        start[kind] = ""
        deltas.append({"type": f"{kind}_delta", kind: block[kind]})
    if kind == "thinking" and block.get("signature"):
        start["signature"] = ""
        deltas.append({"type": "signature_delta", "signature": block["signature"]})
    if isinstance(block.get("input"), dict):
        start["input"] = {}
        deltas.append({"type": "input_json_delta", "partial_json": json.dumps(block["input"])})
    yield event("content_block_start", {"index": index, "content_block": start})
    for delta in deltas:
        yield event("content_block_delta", {"index": index, "delta": delta})
    yield event("content_block_stop", {"index": index})


def _data(stream: str) -> Iterator[Body]:
    """The data of each event; what is no JSON object ends the stream, as a cut one does."""
    for part in stream.replace("\r\n", "\n").split("\n\n"):
        lines = [line[5:].strip() for line in part.split("\n") if line.startswith("data:")]
        if not lines:
            continue
        data = _parsed("\n".join(lines))
        if data is None:
            return
        yield data


def _parsed(text: str) -> Body | None:
    if not text.strip():
        return {}
    try:
        value = json.loads(text)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def _object(value: JsonValue) -> Body:
    return dict(value) if isinstance(value, dict) else {}
