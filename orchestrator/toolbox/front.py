"""Serves one MCP server over stdio and starts fast: the SDK (1.3 s of imports) is loaded at the first real question.

A client's handshake and its list of tools are answered from the manifest. At the first message that the manifest does
not hold, usually a `tools/call`, the SDK's own server takes the connection over: it is given the handshake again, its
answer to that is dropped because the client has one, and from then on this module only passes bytes.
"""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple

from orchestrator.toolbox.manifest import HANDSHAKE, VERSION_KEY, Manifest

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer, WriteableBuffer

    from orchestrator.toolbox.server import ToolServer

Start = Callable[[], "ToolServer"]
MAX_LINE = 16 * 1024 * 1024


class Wire(NamedTuple):
    """The two ends of a connection."""

    incoming: io.BufferedReader
    outgoing: BinaryIO


@dataclass
class _Conversation:
    """What was said before the SDK's server took over."""

    replayed: list[bytes]
    answered: str | int | None = None
    version: str | None = None


def standard_wire() -> Wire:
    """The process's stdin and stdout; both are pointed elsewhere, so that a stray print cannot break a message."""
    incoming = os.fdopen(os.dup(0), "rb")
    outgoing = os.fdopen(os.dup(1), "wb", buffering=0)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return Wire(incoming, outgoing)


def serve(manifest: Manifest, start: Start, wire: Wire) -> None:
    """Answer until the client closes its end."""
    conversation = _Conversation(replayed=[])
    while line := wire.incoming.readline(MAX_LINE):
        message = _request(line)
        answer = None if message is None else _answer(manifest, conversation, message)
        if answer is not None:
            wire.outgoing.write(json.dumps(answer, ensure_ascii=False).encode() + b"\n")
        elif message is not None and message.get("method") == "notifications/initialized":
            conversation.replayed.append(line)
        elif line.strip():
            _hand_over(start(), [*conversation.replayed, line], conversation.answered, wire)
            return


def _request(line: bytes) -> dict[str, Any] | None:
    try:
        message = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return message if isinstance(message, dict) else None


def _answer(manifest: Manifest, conversation: _Conversation, message: dict[str, Any]) -> dict[str, Any] | None:
    method, identifier = message.get("method"), message.get("id")
    if not isinstance(method, str) or not _is_identifier(identifier) or message.get("jsonrpc") != "2.0":
        return None
    version = _version(conversation, method, message.get("params"))
    result = manifest.result(method, version) if isinstance(version, str) else None
    if result is None:
        return None
    if method == HANDSHAKE:
        conversation.replayed.append(json.dumps(message).encode() + b"\n")
        conversation.answered, conversation.version = identifier, str(version)
    return {"jsonrpc": "2.0", "id": identifier, "result": result}


def _is_identifier(value: object) -> bool:
    """Whether a request may have this id; the SDK ignores requests with others, and those are left to it."""
    return type(value) is int or (isinstance(value, str) and value.isprintable())


def _version(conversation: _Conversation, method: str, parameters: object) -> object:
    """The protocol version of a request that the manifest may answer; None where it has to be the SDK."""
    given = {} if parameters is None else parameters
    if not isinstance(given, dict):
        return None
    if method == HANDSHAKE:
        # The answer to one handshake is dropped later on; a second one is the SDK's from its start.
        return given.get("protocolVersion") if conversation.answered is None else None
    meta = given.get("_meta", {})
    if set(given) - {"_meta"} or not isinstance(meta, dict):
        return None
    return meta.get(VERSION_KEY, conversation.version)


def _hand_over(server: ToolServer, first: list[bytes], answered: str | int | None, wire: Wire) -> None:
    # The SDK serves whatever stands in `sys.stdin` and `sys.stdout` when these are not the process's own.
    sys.stdin = io.TextIOWrapper(io.BufferedReader(_Replayed(first, wire.incoming)), encoding="utf-8", errors="replace")
    sys.stdout = _Wired(io.BufferedWriter(_Once(answered, wire.outgoing)), encoding="utf-8")
    server.mcp.run("stdio")


class _Wired(io.TextIOWrapper):
    """Gives the SDK the wire as its buffer; what a tool prints goes to stderr."""

    def write(self, text: str, /) -> int:
        return sys.stderr.write(text)


class _Replayed(io.RawIOBase):
    """Reads the kept lines first, then the client."""

    def __init__(self, first: list[bytes], rest: io.BufferedReader) -> None:
        self._first = io.BytesIO(b"".join(first))
        self._rest = rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        view = memoryview(buffer)
        data = self._first.read(len(view)) or self._rest.read1(len(view))
        view[: len(data)] = data
        return len(data)


class _Once(io.RawIOBase):
    """Writes to the client all but the answer to a request that was answered already."""

    def __init__(self, answered: str | int | None, client: BinaryIO) -> None:
        self._answered = answered
        self._client = client
        self._partial = b""

    def writable(self) -> bool:
        return True

    def write(self, data: ReadableBuffer, /) -> int:
        text = bytes(data)
        *lines, self._partial = (self._partial + text).split(b"\n")
        for line in lines:
            if self._answered is not None and json.loads(line).get("id") == self._answered:
                self._answered = None
            else:
                self._client.write(line + b"\n")
        return len(text)
