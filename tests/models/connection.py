"""One connection of the loopback server, and the ways in which it breaks."""

from __future__ import annotations

import select
import socket
import struct
import threading
import time
from http.server import BaseHTTPRequestHandler

from tests.models.answers import Broken, Raw
from tests.models.streaming import event

SLICE = 0.1
"""Seconds after which a wait looks whether the server has stopped."""


class Connection(BaseHTTPRequestHandler):
    """Writes responses; a subclass says what a request gets."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    stopped: threading.Event

    def do_HEAD(self) -> None:
        self.send(Raw())

    def do_GET(self) -> None:
        self.send(Raw(status=404, body=b"{}"))

    def do_POST(self) -> None:
        data = self.rfile.read(int(self.headers.get("content-length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.receive(self.path.partition("?")[0], headers, data)

    def receive(self, path: str, headers: dict[str, str], data: bytes) -> None:
        """Answer a request."""
        raise NotImplementedError

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing: the tests read the requests themselves."""

    def send(self, raw: Raw) -> None:
        """A whole response."""
        self._head(raw.status, raw.content_type, ("content-length", str(len(raw.body))), *raw.headers)
        self.wfile.write(raw.body)

    def stream(self, said: list[str], broken: Broken | None, between: float) -> None:
        """The events, with so many seconds between them, up to where they break."""
        self._head(200, "text/event-stream", ("transfer-encoding", "chunked"))
        for number, each in enumerate(said):
            if broken is not None and number == broken.after:
                self._break(broken)
                return
            if number:
                self.wait(between)
            self._chunk(each)
        self.wfile.write(b"0\r\n\r\n")

    def whole(self, data: bytes, broken: Broken | None) -> None:
        """The message in one piece, or the half of it that comes before it breaks."""
        if broken is not None and broken.how == "garbled":
            data = data[: len(data) // 2] + b"~" * (len(data) - len(data) // 2)
            broken = None
        self._head(200, "application/json", ("content-length", str(len(data))))
        if broken is None:
            self.wfile.write(data)
            return
        self.wfile.write(data[: len(data) // 2])
        self.end_badly(broken)

    def end_badly(self, broken: Broken) -> None:
        """End without another byte: by a reset, after a long silence, or by closing."""
        if broken.how == "hang":
            self.wait(broken.seconds)
        if broken.how == "reset":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.rfile.close()
            self.connection.close()
        self.close_connection = True

    def wait(self, seconds: float) -> None:
        """Let the time pass.

        Raises:
            ConnectionAbortedError: the client has gone, or the server has stopped.
        """
        end = time.monotonic() + seconds
        poll = select.poll()
        poll.register(self.connection, select.POLLIN)
        while (rest := end - time.monotonic()) > 0:
            if self.stopped.is_set() or (poll.poll(min(rest, SLICE) * 1000) and self._is_gone()):
                self.close_connection = True
                raise ConnectionAbortedError

    def _is_gone(self) -> bool:
        return not self.connection.recv(1, socket.MSG_PEEK)

    def _break(self, broken: Broken) -> None:
        match broken.how:
            case "cut":
                self.wfile.write(b"0\r\n\r\n")
            case "garbled":
                self._chunk('event: content_block_delta\ndata: {"type": "content_block_del\n\n')
                self.wfile.write(b"0\r\n\r\n")
            case "error":
                self._chunk(event("error", {"error": {"type": broken.kind, "message": "a test says so"}}))
                self.wfile.write(b"0\r\n\r\n")
            case _:
                self.end_badly(broken)

    def _chunk(self, words: str) -> None:
        data = words.encode()
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))

    def _head(self, status: int, content_type: str, *headers: tuple[str, str]) -> None:
        self.send_response(status)
        self.send_header("content-type", content_type)
        self.send_header("request-id", "req_test")
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
