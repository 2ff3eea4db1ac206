"""The prompt cache by the API's rules, so that the usage of each call is what the API would count.

Order is tools, system, messages; an entry is an exact prefix up to a breakpoint, of one credential, model, output
configuration and thinking. A token is four characters of a block's JSON.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

LOOKBACK = 20
LIFETIMES = {"5m": 300.0, "1h": 3600.0}


@dataclass(frozen=True, kw_only=True)
class Usage:
    """Tokens of one call as the API counts them."""

    input_tokens: int = 0
    read: int = 0
    written: int = 0
    written_1h: int = 0
    output_tokens: int = 0

    @property
    def input_cost(self) -> float:
        """The input in tokens of the plain price: a read is a tenth of it, a write 1.25 or, for an hour, 2 of it."""
        return self.input_tokens + 0.1 * self.read + 1.25 * self.written + 2 * self.written_1h

    @property
    def input_total(self) -> int:
        """All tokens of the input, cached or not."""
        return self.input_tokens + self.read + self.written + self.written_1h


@dataclass(frozen=True)
class Position:
    """The end of a block: the digest and the tokens of all up to it, and the lifetime where it is a breakpoint."""

    digest: str
    tokens: int
    lifetime: str | None


@dataclass
class _Entry:
    lifetime: float
    expires: float


@dataclass(frozen=True)
class Booked:
    """What a call reads and writes, before it has begun."""

    usage: Usage
    writes: tuple[Position, ...]
    at: float


@dataclass
class Cache:
    """The entries of all callers of one server."""

    clock: Callable[[], float]
    entries: dict[str, _Entry] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def book(self, body: dict[str, Any], credential: str, minimum: int) -> Booked:
        """What the request reads now and will write; what it reads lives on from now."""
        positions = list(_positions(body, credential))
        marked = [index for index, each in enumerate(positions) if each.lifetime is not None and each.tokens >= minimum]
        now = self.clock()
        with self.lock:
            found = [hit for index in marked if (hit := self._hit(positions, index, now)) is not None]
            read = max((positions[index].tokens for index in found), default=0)
            writes = tuple(positions[index] for index in marked if not self._is_live(positions[index].digest, now))
        total = positions[-1].tokens if positions else 0
        return Booked(_usage(total, read, writes), writes, now)

    def begin(self, booked: Booked) -> None:
        """The response has begun: from now on others can read what the call writes."""
        with self.lock:
            for position in booked.writes:
                lifetime = LIFETIMES[position.lifetime or "5m"]
                self.entries[position.digest] = _Entry(lifetime, booked.at + lifetime)

    def _is_live(self, digest: str, now: float) -> bool:
        entry = self.entries.get(digest)
        return entry is not None and entry.expires > now

    def _hit(self, positions: list[Position], marked: int, now: float) -> int | None:
        for index in range(marked, max(marked - LOOKBACK, -1), -1):
            if self._is_live(positions[index].digest, now):
                entry = self.entries[positions[index].digest]
                entry.expires = now + entry.lifetime
                return index
        return None


def tokens(value: object) -> int:
    """A token is four characters of the JSON."""
    return -(-len(json.dumps(value, ensure_ascii=False, separators=(",", ":"))) // 4)


def count(body: dict[str, Any]) -> int:
    """The tokens of a whole request."""
    return max((position.tokens for position in _positions(body, "")), default=0)


def minimum_tokens(model: str) -> int:
    """The shortest prefix that the model's cache takes."""
    if "haiku" in model:
        return 4096
    small = ("opus-5", "sonnet-5-5", "fable-5", "mythos-5")
    return 512 if any(name in model for name in small) else 1024


def breakpoints(body: dict[str, Any]) -> list[str]:
    """The lifetimes of the breakpoints that a request sets by itself, in order; the automatic one comes last."""
    return [_lifetime(block) or "" for block, _ in _blocks(body) if _lifetime(block)] + (
        [_lifetime(body) or ""] if _lifetime(body) else []
    )


def _usage(total: int, read: int, writes: tuple[Position, ...]) -> Usage:
    hour = max((each.tokens for each in writes if each.lifetime == "1h"), default=read)
    end = max((each.tokens for each in writes), default=read)
    hour, end = max(hour, read), max(end, read)
    return Usage(input_tokens=total - end, read=read, written=end - hour, written_1h=hour - read)


def _positions(body: dict[str, Any], credential: str) -> Iterator[Position]:
    blocks = list(_blocks(body))
    mark = _digest([credential, body.get("model"), body.get("output_config"), body.get("thinking")])
    count = 0
    for index, (block, place) in enumerate(blocks):
        plain = {name: value for name, value in block.items() if name != "cache_control"}
        choice = body.get("tool_choice") if place.startswith("messages") else None
        mark = _digest([mark, place, choice, plain])
        count += tokens(plain)
        automatic = _lifetime(body) if index == len(blocks) - 1 else None
        yield Position(mark, count, _lifetime(block) or automatic)


def _blocks(body: dict[str, Any]) -> Iterator[tuple[dict[str, Any], str]]:
    for tool in body.get("tools") or ():
        yield tool, "tools"
    for block in _listed(body.get("system") or []):
        yield block, "system"
    for number, message in enumerate(body.get("messages") or ()):
        for block in _listed(message["content"]):
            yield block, f"messages {number} {message['role']}"


def _listed(content: str | list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{"type": "text", "text": content}] if isinstance(content, str) else list(content)


def _lifetime(block: dict[str, Any]) -> str | None:
    control = block.get("cache_control")
    return control.get("ttl", "5m") if isinstance(control, dict) else None


def _digest(value: object) -> str:
    return sha256(json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")).hexdigest()
