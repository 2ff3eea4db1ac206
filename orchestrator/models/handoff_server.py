"""A Messages API on loopback whose answers a person writes as files.

Each waiting request is a thread that looks for its file; while it waits, a stream gets pings and any other request
gets interim responses, so that no client gives up for want of bytes.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self

from pydantic import JsonValue

from orchestrator.errors import UsageError
from orchestrator.models.handoff import Folder
from orchestrator.models.handoff_answers import USAGE, schema_problem
from orchestrator.models.handoff_page import who_of
from orchestrator.models.message_events import event, rest_of, started

Body = dict[str, JsonValue]
Tell = Callable[[str], None]

CREATED = "1970-01-01T00:00:00Z"
HOW = ("x-orchestrate-how", "handoff")
ADDRESS = "127.0.0.1"
MOST_BYTES = 32 * 1024 * 1024
LOOK_SECONDS = 0.2
_PING_SECONDS = 10.0
_HOSTS = frozenset({"127.0.0.1", "localhost"})


class Handoff:
    """The endpoint while its `with` lasts; `name` is the model that its answers say they are of.

    `timeout` is how many seconds a request waits, for ever where it is None. `tell` gets one line a request.
    """

    def __init__(
        self,
        folder: Folder,
        *,
        port: int = 0,
        name: str = "handoff",
        timeout: float | None = None,
        ping: float = _PING_SECONDS,
        tell: Tell = lambda _line: None,
    ) -> None:
        self.folder = folder
        self.name = name
        self.timeout = timeout
        self.ping = ping
        self.tell = tell
        self.stopped = threading.Event()
        self._port = port
        self._http: _Server | None = None
        self._thread: threading.Thread | None = None

    @property
    def address(self) -> str:
        """Its base URL."""
        port = self._http.server_address[1] if self._http is not None else self._port
        return f"http://{ADDRESS}:{port}"

    def __enter__(self) -> Self:
        self.folder.make()
        handler = type("Handler", (_Handler,), {"handoff": self})
        try:
            self._http = _Server((ADDRESS, self._port), handler)
        except OSError as error:
            raise UsageError(f"port {self._port} cannot be used ({error.strerror}); 0 takes a free one") from None
        self._thread = threading.Thread(target=self._http.serve_forever, args=(LOOK_SECONDS,), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopped.set()
        if self._http is not None and self._thread is not None:
            self._http.shutdown()
            self._http.server_close()
            self._thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 256

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: a client that goes away is no fault, and its request stays."""


class _Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    server_version = "handoff"
    sys_version = ""
    disable_nagle_algorithm = True
    handoff: Handoff

    def do_HEAD(self) -> None:
        """Tell that somebody is here."""
        self._send(200, b"")

    def do_GET(self) -> None:
        """The one model that there is."""
        if self._is_foreign():
            return
        if self.path.partition("?")[0] != "/v1/models":
            self._refuse(404, "not_found_error", "this endpoint has /v1/messages and /v1/models")
            return
        model: Body = {"id": self.handoff.name, "type": "model", "display_name": "by hand", "created_at": CREATED}
        listed = {"data": [model], "has_more": False, "first_id": self.handoff.name, "last_id": self.handoff.name}
        self._send(200, json.dumps(listed).encode())

    def do_POST(self) -> None:
        """Write a request down and wait for its answer."""
        body = None if self._is_foreign() else self._body()
        if body is None:
            return
        if self.path.partition("?")[0] != "/v1/messages":
            self._refuse(404, "not_found_error", "the hand-off endpoint counts no tokens; it has /v1/messages")
            return
        if not isinstance(body.get("messages"), list) or not isinstance(body.get("model"), str):
            self._refuse(400, "invalid_request_error", "the request has no 'model' or no 'messages'")
            return
        if (problem := schema_problem(body)) is not None:
            self._refuse(400, "invalid_request_error", problem)
            return
        try:
            name, is_new = self.handoff.folder.ask(body, self.headers.get("x-orchestrate-who") or who_of(body))
        except OSError as error:
            self.handoff.tell(f"a request cannot be written down: {error.strerror}")
            self._refuse(400, "invalid_request_error", f"the request cannot be written down ({error.strerror})")
            return
        self.handoff.tell(f"{'waits' if is_new else 'asked again'}: requests/{name}.md")
        if body.get("stream"):
            self._stream(name, body)
        else:
            self._whole(name, body)

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing: the endpoint tells what it does itself."""

    def log_error(self, *_: object) -> None:
        """Say nothing: what is refused is told to the client."""

    def _stream(self, name: str, body: Body) -> None:
        self._head(200, "text/event-stream", ("cache-control", "no-cache"), ("transfer-encoding", "chunked"))
        # At once: who lets others go when an answer begins lets them go now, and a person sees all requests.
        self._chunk(started(self._message(name, {})))
        answered = self._wait(name, body, lambda: self._chunk(event("ping", {})))
        if answered is not None:
            for each in rest_of(self._message(name, answered)):
                self._chunk(each)
        elif self.handoff.stopped.is_set():
            self.close_connection = True
            return
        else:
            self._chunk(event("error", {"error": {"type": "not_found_error", "message": self._late()}}))
        self.wfile.write(b"0\r\n\r\n")

    def _whole(self, name: str, body: Body) -> None:
        answered = self._wait(name, body, self._interim)
        if answered is not None:
            self._send(200, json.dumps(self._message(name, answered)).encode())
        elif self.handoff.stopped.is_set():
            self.close_connection = True
        else:
            self._refuse(404, "not_found_error", self._late())

    def _wait(self, name: str, body: Body, keep_alive: Callable[[], None]) -> Body | None:
        """The answer; None when the time is over or the endpoint stops."""
        began = pinged = time.monotonic()
        while (answered := self.handoff.folder.answer(name, body)) is None:
            now = time.monotonic()
            if self.handoff.timeout is not None and now - began >= self.handoff.timeout:
                return None
            if self.handoff.stopped.wait(LOOK_SECONDS):
                return None
            if now - pinged >= self.handoff.ping:
                pinged = now
                keep_alive()
        self.handoff.tell(f"answered: requests/{name}.md")
        return answered

    def _message(self, name: str, answered: Body) -> Body:
        return {
            "id": f"msg_handoff_{name[-16:]}",
            "type": "message",
            "role": "assistant",
            "model": self.handoff.name,
            "content": [],
            "stop_reason": None,
            "stop_sequence": None,
            **answered,
            "usage": dict(USAGE),
        }

    def _late(self) -> str:
        return f"nobody answered within {self.handoff.timeout:g} seconds; write the response and ask again"

    def _is_foreign(self) -> bool:
        """Whether a page in a browser asks, which then is refused."""
        host = (self.headers.get("host") or "").rpartition(":")[0] or self.headers.get("host")
        if host in _HOSTS and self.headers.get("origin") is None:
            return False
        self._refuse(403, "permission_error", "this endpoint is for programs of this machine")
        return True

    def _body(self) -> Body | None:
        length = self.headers.get("content-length") or ""
        if not length.isdecimal() or int(length) > MOST_BYTES:
            self._refuse(413, "request_too_large", f"a request has a length, of at most {MOST_BYTES} bytes")
            return None
        raw = self.rfile.read(int(length))
        try:
            body = json.loads(raw)
        except (ValueError, RecursionError):
            body = None
        if not isinstance(body, dict):
            self._refuse(400, "invalid_request_error", "the request is no JSON object")
            return None
        return body

    def _refuse(self, status: int, kind: str, message: str) -> None:
        # What is left of the request was not read.
        self.close_connection = True
        self._send(status, json.dumps({"type": "error", "error": {"type": kind, "message": message}}).encode())

    def _send(self, status: int, data: bytes) -> None:
        self._head(status, "application/json", ("content-length", str(len(data))))
        self.wfile.write(data)

    def _head(self, status: int, kind: str, *headers: tuple[str, str]) -> None:
        self.send_response(status)
        closing = [("connection", "close")] if self.close_connection else []
        for name, value in (("content-type", kind), HOW, *headers, *closing):
            self.send_header(name, value)
        self.end_headers()

    def _interim(self) -> None:
        self.wfile.write(b"HTTP/1.1 102 Processing\r\n\r\n")

    def _chunk(self, text: str) -> None:
        data = text.encode()
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
