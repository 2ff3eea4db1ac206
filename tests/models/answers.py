"""What the loopback model says to one request: an answer, or a fault that cuts it short."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from random import Random
from typing import Any, Literal

Block = dict[str, Any]


@dataclass(frozen=True)
class Asked:
    """One request to the model: its JSON, its place in the order of arrival, and its headers in small letters."""

    body: dict[str, Any]
    number: int
    headers: dict[str, str] = field(default_factory=dict)
    path: str = "/v1/messages"
    at: float = 0.0

    @property
    def system(self) -> str:
        """The text of the system prompt."""
        return joined(self.body.get("system", ""))

    @property
    def said(self) -> str:
        """The text of all messages of the user, tool results among them."""
        return "\n".join(joined(each["content"]) for each in self.body["messages"] if each["role"] != "assistant")

    @property
    def last(self) -> str:
        """The text of the last message."""
        return joined(self.body["messages"][-1]["content"])

    @property
    def turn(self) -> int:
        """How many answers of the model the request already holds."""
        return sum(each["role"] == "assistant" for each in self.body["messages"])

    @property
    def tools(self) -> frozenset[str]:
        """The names of the tools that the model may call."""
        return frozenset(tool.get("name", "") for tool in self.body.get("tools", ()))


@dataclass(frozen=True, kw_only=True)
class Answer:
    """Words and tool uses; `seconds` is how long it takes in all, of which the share `first` passes before any byte.

    Without `stop` it is `tool_use` where a tool is used, else `end_turn`; without `seconds` the server's pace counts.
    """

    blocks: Sequence[Block] = ()
    stop: str | None = None
    output_tokens: int | None = None
    seconds: float | None = None
    first: float = 0.3
    model: str | None = None


@dataclass(frozen=True, kw_only=True)
class Raw:
    """A response as it stands, such as an error, a page of a proxy or nothing."""

    status: int = 200
    body: bytes = b""
    content_type: str = "application/json"
    headers: tuple[tuple[str, str], ...] = ()


How = Literal["reset", "close", "cut", "hang", "garbled", "error"]


@dataclass(frozen=True, kw_only=True)
class Broken:
    """An answer that breaks after so many events; 0 is before the first byte of the response."""

    how: How
    after: int = 0
    answer: Answer = field(default_factory=lambda: Answer(blocks=[text("half a word")]))
    kind: str = "overloaded_error"
    seconds: float = 60.0
    """How long it hangs."""


Said = list[Block] | Answer | Raw | Broken
Script = Callable[[Asked], Said]
Pace = Callable[[Asked], float]
"""How many seconds the whole answer to a request takes."""


def text(words: str) -> Block:
    """A block of words."""
    return {"type": "text", "text": words}


def use(name: str, identifier: str, **arguments: object) -> Block:
    """A block that calls a tool."""
    return {"type": "tool_use", "id": identifier, "name": name, "input": arguments}


def structured(value: object) -> list[Block]:
    """Structured output: the value as JSON in one block."""
    return [text(json.dumps(value))]


def in_order(*said: Said) -> Script:
    """A script that says one after the other, by arrival; the last of them again and again."""
    return lambda asked: said[min(asked.number, len(said) - 1)]


def failing(status: int, kind: str = "api_error", message: str = "a test says so", **headers: str) -> Raw:
    """An error of the API; `retry_after="2"` becomes the header `retry-after: 2`."""
    body = json.dumps({"type": "error", "error": {"type": kind, "message": message}, "request_id": "req_test"})
    return Raw(
        status=status,
        body=body.encode(),
        headers=tuple((name.replace("_", "-"), value) for name, value in headers.items()),
    )


def limited(retry_after: str | None = None) -> Raw:
    """429, with a retry-after or without."""
    headers = {} if retry_after is None else {"retry_after": retry_after}
    return failing(429, "rate_limit_error", "This request would exceed your rate limit", **headers)


def overloaded() -> Raw:
    """529."""
    return failing(529, "overloaded_error", "Overloaded")


def hanging(after: int = 0, seconds: float = 60.0) -> Broken:
    """Nothing more comes."""
    return Broken(how="hang", after=after, seconds=seconds)


def reset(after: int = 0) -> Broken:
    """The connection is reset."""
    return Broken(how="reset", after=after)


def cut(after: int = 3) -> Broken:
    """The response ends in good order, and too early."""
    return Broken(how="cut", after=after)


def closed(after: int = 3) -> Broken:
    """The connection is closed in the middle of the response."""
    return Broken(how="close", after=after)


def garbled(after: int = 2) -> Broken:
    """An event, or the answer, is no JSON."""
    return Broken(how="garbled", after=after)


def erring(kind: str = "overloaded_error", after: int = 2) -> Broken:
    """An error event inside the stream, whose status was 200."""
    return Broken(how="error", after=after, kind=kind)


def log_normal(median: float, sigma: float = 0.5, seed: int = 0) -> Pace:
    """Seconds drawn log-normally; equal requests draw equal ones, in whatever order they arrive."""

    def seconds(asked: Asked) -> float:
        mark = sha256(f"{seed}:{json.dumps(asked.body)}".encode()).digest()
        return Random(mark).lognormvariate(math.log(median), sigma)

    return seconds


def joined(content: object) -> str:
    """The words of a message's content, whatever its form."""
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        return "\n".join(
            joined(block.get("text", block.get("content", ""))) for block in content if isinstance(block, dict)
        )
    return ""
