"""A loopback server that speaks the Messages API: it streams what a script says and keeps every request."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import uuid4

Block = dict[str, Any]
Script = Callable[["Asked"], list[Block]]


@dataclass(frozen=True)
class Asked:
    """One request to the model."""

    body: dict[str, Any]
    number: int

    @property
    def system(self) -> str:
        """The text of the system prompt."""
        return _joined(self.body.get("system", ""))

    @property
    def said(self) -> str:
        """The text of all messages of the user, tool results among them."""
        return "\n".join(_joined(each["content"]) for each in self.body["messages"] if each["role"] != "assistant")

    @property
    def turn(self) -> int:
        """How many answers of the model the request already holds."""
        return sum(each["role"] == "assistant" for each in self.body["messages"])

    @property
    def tools(self) -> frozenset[str]:
        """The names of the tools that the model may call."""
        return frozenset(tool.get("name", "") for tool in self.body.get("tools", ()))


def text(words: str) -> Block:
    """A block of words."""
    return {"type": "text", "text": words}


def use(name: str, identifier: str, **arguments: object) -> Block:
    """A block that calls a tool."""
    return {"type": "tool_use", "id": identifier, "name": name, "input": arguments}


@dataclass
class Messages:
    """The server while it runs."""

    script: Script
    asked: list[Asked] = field(default_factory=list)
    address: str = ""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def answer(self, body: dict[str, Any]) -> list[Block]:
        with self.lock:
            asked = Asked(body, len(self.asked))
            self.asked.append(asked)
        return self.script(asked)


@contextmanager
def messages(script: Script) -> Iterator[Messages]:
    """A server on a free port of the loopback interface."""
    server = Messages(script)
    http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(server))
    http.daemon_threads = True
    server.address = f"http://127.0.0.1:{http.server_address[1]}"
    thread = threading.Thread(target=http.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        http.shutdown()
        http.server_close()
        thread.join()


def _handler(server: Messages) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_HEAD(self) -> None:
            self._plain(200, b"")

        def do_GET(self) -> None:
            self._plain(404, b"{}")

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            if "/count_tokens" in self.path:
                self._plain(200, b'{"input_tokens": 1000}')
                return
            blocks = server.answer(body)
            if body.get("stream"):
                data = "".join(_events(body, blocks)).encode()
                self._plain(200, data, "text/event-stream")
            else:
                self._plain(200, json.dumps(_message(body, blocks)).encode())

        def _plain(self, status: int, data: bytes, kind: str = "application/json") -> None:
            self.send_response(status)
            self.send_header("content-type", kind)
            self.send_header("content-length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
            """Say nothing: the tests read the requests themselves."""

    return Handler


def _message(body: dict[str, Any], blocks: list[Block]) -> dict[str, Any]:
    calls = any(block["type"] == "tool_use" for block in blocks)
    return {
        # The client joins messages of one id into one.
        "id": f"msg_{uuid4().hex}",
        "type": "message",
        "role": "assistant",
        "model": body["model"],
        "content": blocks,
        "stop_reason": "tool_use" if calls else "end_turn",
        "stop_sequence": None,
        "usage": {
            "input_tokens": 100,
            "output_tokens": 20,
            "cache_creation_input_tokens": 0,
            "cache_read_input_tokens": 0,
        },
    }


def _events(body: dict[str, Any], blocks: list[Block]) -> Iterator[str]:
    message = _message(body, blocks)
    yield _event("message_start", {"message": {**message, "content": [], "stop_reason": None}})
    for index, block in enumerate(blocks):
        if block["type"] == "text":
            empty, delta = text(""), {"type": "text_delta", "text": block["text"]}
        else:
            empty = {**block, "input": {}}
            delta = {"type": "input_json_delta", "partial_json": json.dumps(block["input"])}
        yield _event("content_block_start", {"index": index, "content_block": empty})
        yield _event("content_block_delta", {"index": index, "delta": delta})
        yield _event("content_block_stop", {"index": index})
    stop = {"stop_reason": message["stop_reason"], "stop_sequence": None}
    yield _event("message_delta", {"delta": stop, "usage": {"output_tokens": 20}})
    yield _event("message_stop", {})


def _event(kind: str, data: dict[str, Any]) -> str:
    return f"event: {kind}\ndata: {json.dumps({'type': kind, **data})}\n\n"


def _joined(content: object) -> str:
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        return "\n".join(
            _joined(block.get("text", block.get("content", ""))) for block in content if isinstance(block, dict)
        )
    return ""
